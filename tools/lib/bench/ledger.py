"""What must add up in a run, whatever its speed."""


def problems(counts, repeats_allowed=False):
    """Sentences about what does not; none when all does."""
    found = []
    get = counts.get
    for key in ("lost", "out_of_order", "holes", "connections_lost"):
        if get(key):
            found.append(f"{key.replace('_', ' ')}: {get(key)}")
    if get("unsent"):
        found.append(f"due and never sent: {get('unsent')}")
    if get("repeated") and not repeats_allowed:
        found.append(f"repeated: {get('repeated')}")
    if get("stored") is not None and get("sent") is not None:
        least = get("sent") - (get("failed") or 0)
        most = least + (get("persisted_maybe") or 0)
        if not least <= get("stored") <= most:
            found.append(f"the broker holds {get('stored')} of {least} records "
                         "that were sent and not refused")
    if get("wanted") is not None and get("delivered") != get("wanted"):
        found.append(f"delivered {get('delivered')} of {get('wanted')} records")
    return found
