"""A broker that has just started is slow: Java compiles its code while it
works, which takes a core for ten seconds and half of one for as long again."""
from . import broker

# Records a second, and for how many seconds. Many short ones: a new topic and
# new clients have it compile anew, longer than the same ones for half a minute.
ROUNDS = [(3_000, 10)] + [(500, 4)] * 8


def warm(programs, kafka):
    for rate, seconds in ROUNDS:
        pass_records(programs, kafka, rate, seconds)


def pass_records(programs, kafka, rate, seconds):
    with broker.topic(programs, kafka, 1) as topic:
        reader = programs.start_roof(
            "consume", "--kafka", kafka, "--topic", topic, "--tail",
            "--count", int(rate * seconds * 0.9))
        try:
            reader.wait_for("ready")
            programs.roof("produce", "--kafka", kafka, "--topic", topic,
                          "--rate", rate, "--linger", 1, "--duration", seconds)
            reader.run()
        except BaseException:
            reader.kill()
            raise
