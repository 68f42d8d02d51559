package dev.millrace.serving.query;

import dev.millrace.serving.access.GateClosedException;
import dev.millrace.serving.budget.Share;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What only so many can have at once. They get it first come, first served, but a tenant gets one
 * more only while it has fewer than are free: however slow its queries are, there is always one
 * left for a tenant that has none, and the more tenants there are, the smaller the part of each.
 */
final class Turns {

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private final Map<String, Integer> running = new HashMap<>();
    private final Map<String, Integer> waiting = new HashMap<>();
    private int free;

    /** Somebody in the queue. */
    private static final class Waiter {
        private final Share share;
        private final Condition turn;
        private boolean has;

        Waiter(Share share, Condition turn) {
            this.share = share;
            this.turn = turn;
        }
    }

    Turns(int size) {
        this.free = size;
    }

    /**
     * Waits for a turn: as long as it takes, if all are taken, but for a budget only briefly.
     *
     * @throws GateClosedException if the budget stays used up, or too many wait for it already
     */
    void take(Share share) throws InterruptedException {
        take(share, Long.MAX_VALUE);
    }

    /** The same, but no longer than this; false if that was not enough. */
    boolean take(Share share, Duration patience) throws InterruptedException {
        return take(share, patience.toNanos());
    }

    private boolean take(Share share, long patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            // Nobody in the queue may have one: else they would.
            if (mayHave(share)) {
                give(share, 1);
                return true;
            }
            if (share.isLimited()
                    && share.queues().stream()
                            .anyMatch(
                                    queue ->
                                            waiting.getOrDefault(queue, 0)
                                                    >= share.mostWaiting())) {
                throw share.refusal();
            }
            return await(share, patience);
        } finally {
            lock.unlock();
        }
    }

    private boolean await(Share share, long patience) throws InterruptedException {
        Waiter waiter = new Waiter(share, lock.newCondition());
        waiters.add(waiter);
        share.queues().forEach(queue -> change(waiting, queue, 1));
        boolean gone = false;
        try {
            long left = patience;
            while (!waiter.has) {
                if (left <= 0) {
                    return false;
                }
                long step = share.isLimited() ? Math.min(left, share.patience().toNanos()) : left;
                long over = waiter.turn.awaitNanos(step);
                left = left == Long.MAX_VALUE ? left : left - step + Math.max(0, over);
                // There is one, but not for this share.
                if (!waiter.has && over <= 0 && left > 0 && free > 0 && share.isLimited()) {
                    throw share.refusal();
                }
            }
            gone = true;
            return true;
        } finally {
            waiters.remove(waiter);
            share.queues().forEach(queue -> change(waiting, queue, -1));
            if (!gone && waiter.has) {
                // It came in the very moment of an interrupt.
                give(share, -1);
                handOut();
            }
        }
    }

    /** Gives one back. */
    void give(Share share) {
        lock.lock();
        try {
            give(share, -1);
            handOut();
        } finally {
            lock.unlock();
        }
    }

    private void handOut() {
        for (Iterator<Waiter> queue = waiters.iterator(); queue.hasNext() && free > 0; ) {
            Waiter next = queue.next();
            if (!next.has && mayHave(next.share)) {
                give(next.share, 1);
                next.has = true;
                next.turn.signal();
            }
        }
    }

    private boolean mayHave(Share share) {
        if (free < 1) {
            return false;
        }
        String caller = share.caller();
        if (!isBelow(caller == null ? 0 : runningOf(caller), share.mostOfCaller())) {
            return false;
        }
        for (String tenant : share.tenants()) {
            int has = runningOf(tenant);
            if (has >= free || !isBelow(has, share.mostOfTenant())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBelow(int has, int most) {
        return most == 0 || has < most;
    }

    private int runningOf(String name) {
        return running.getOrDefault(name, 0);
    }

    private void give(Share share, int more) {
        free -= more;
        if (share.caller() != null) {
            change(running, share.caller(), more);
        }
        share.tenants().forEach(tenant -> change(running, tenant, more));
    }

    private static void change(Map<String, Integer> counts, String name, int more) {
        counts.merge(name, more, (a, b) -> a + b == 0 ? null : a + b);
    }
}
