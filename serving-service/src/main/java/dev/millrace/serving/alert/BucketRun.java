package dev.millrace.serving.alert;

import java.time.Duration;
import java.util.List;

/**
 * For how long the latest buckets have been wrong, or well, without a break. Buckets in closed time
 * are passed over: they neither count nor break. One that is closed in part counts for nothing, but
 * breaks if its open part is proof enough.
 */
record BucketRun(Duration wrongFor, Duration clearFor) {

    /** How much of a bucket is open time. */
    enum Open {
        YES,
        IN_PART,
        NO
    }

    /** A bucket: how its value stands, and whether it counts. */
    record Bucket(Verdict.Standing standing, Open open) {}

    /** Of buckets in order, the latest last. */
    static BucketRun of(List<Bucket> buckets, Duration width, Judge judge) {
        return new BucketRun(
                run(buckets, width, judge, Verdict.Standing.WRONG),
                run(buckets, width, judge, Verdict.Standing.CLEAR));
    }

    private static Duration run(
            List<Bucket> buckets, Duration width, Judge judge, Verdict.Standing wanted) {
        int count = 0;
        for (Bucket bucket : buckets.reversed()) {
            boolean holds = bucket.standing() == wanted;
            if (bucket.open() == Open.YES) {
                if (!holds) {
                    break;
                }
                count++;
            } else if (bucket.open() == Open.IN_PART
                    && !holds
                    && judge.isDecidedByPart(bucket.standing())) {
                break;
            }
        }
        return width.multipliedBy(count);
    }

    Verdict.Standing standing(Verdict.Standing latest) {
        if (wrongFor.isPositive()) {
            return Verdict.Standing.WRONG;
        }
        if (clearFor.isPositive()) {
            return Verdict.Standing.CLEAR;
        }
        return latest == Verdict.Standing.UNKNOWN
                ? Verdict.Standing.UNKNOWN
                : Verdict.Standing.BETWEEN;
    }
}
