#!/usr/bin/python3
"""Groups in several modes, whose one member comes and goes, pauses, seeks and
acknowledges at random while the log grows: nothing is lost, nothing comes twice
but what was not confirmed, and a group goes on where it may and where it says.
"""
from support import run
from support.broker import create_topic
from support.group_follower import GroupFollower
from support.lives import Life, live
from support.resuming import ResumeCase
from support.stream import Stream

COUNT = 20_000
MODES = ({}, {"window": 50}, {"window": 1}, {"acks": True},
         {"acks": True, "window": 100}, {"acks": True, "window": 1})


class GroupLife(Life):
    """Begins at the first record, whatever the dice say."""

    def _begin(self):
        self.follower.begin("earliest", self._all(0))


class Modes(ResumeCase):
    def test_groups_of_one(self):
        create_topic(self.kafka, self.topic, 2)
        consumer = {"mq_limit": self.dice.randrange(1, 1000),
                    "mq_interval": self.dice.randrange(1, 20)}
        print(consumer)
        with self.gateway({"max_frame_out": self.dice.randrange(1024, 30_000)},
                          **consumer) as server, \
                Stream(self.kafka.bootstrap, self.topic, 2, COUNT,
                       15_000) as stream:
            lives = [
                GroupLife(f"{self.seed} {number}", [server.url], self.topic,
                          stream, follower=GroupFollower(
                              f"{self.seed} {number}", server.url, self.topic,
                              f"{self.topic}-{number}", **mode))
                for number, mode in enumerate(MODES)]
            live(lives, stream)


if __name__ == "__main__":
    run.main()
