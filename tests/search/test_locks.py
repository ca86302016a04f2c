"""The shared lock: readers together, a writer alone."""

import threading

from matchmaker.search.locks import SharedLock


def test_readers_hold_the_lock_together():
    lock, both = SharedLock(), threading.Barrier(2, timeout=5)

    def read():
        with lock.reading():
            both.wait()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert (both.broken, any(thread.is_alive() for thread in threads)) == (False, False)


def test_writers_never_overlap_with_anyone():
    lock, holders, seen = SharedLock(), [], []

    def write():
        for _ in range(200):
            with lock.writing():
                holders.append(1)
                seen.append(len(holders))
                holders.pop()

    def read():
        for _ in range(200):
            with lock.reading():
                seen.append(1 + len(holders))

    threads = [threading.Thread(target=target) for target in (write, write, read, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (set(seen), len(seen)) == ({1}, 800)


def test_lock_is_free_again_after_an_error():
    lock = SharedLock()
    for way in (lock.reading, lock.writing):
        try:
            with way():
                raise KeyError
        except KeyError:
            pass
    with lock.writing():
        held = True
    assert held
