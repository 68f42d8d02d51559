package dev.millrace.transform.landing.identity;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

class FingerprintsTest {

    private static Fingerprints random(int size, long seed) {
        Random random = new Random(seed);
        Fingerprints fingerprints = new Fingerprints(size);
        IntStream.range(0, size)
                .forEach(_ -> fingerprints.add(random.nextLong(), random.nextLong()));
        return fingerprints;
    }

    private static List<ByteBuffer> list(Fingerprints fingerprints) {
        return IntStream.range(0, fingerprints.size())
                .mapToObj(i -> ByteBuffer.wrap(fingerprints.bytes(i)))
                .toList();
    }

    @Property(tries = 50)
    void areReadAsTheyWereWritten(@ForAll @IntRange(max = 500) int size, @ForAll long seed) {
        Fingerprints fingerprints = random(size, seed);

        assertThat(list(Fingerprints.read(fingerprints.toBytes()))).isEqualTo(list(fingerprints));
    }

    @Property(tries = 50)
    void sortedAreTheSameInTheOrderOfAllBuckets(
            @ForAll @IntRange(max = 5_000) int size, @ForAll long seed) {
        Fingerprints fingerprints = random(size, seed);

        Fingerprints sorted = fingerprints.sorted();

        assertThat(list(sorted)).containsExactlyInAnyOrderElementsOf(list(fingerprints));
        int bits = Segment.bucketBits(size);
        int[] buckets =
                IntStream.range(0, size).map(i -> Segment.bucket(sorted.first(i), bits)).toArray();
        assertThat(buckets).isSorted();
    }

    @Property(tries = 100)
    void aSetHasWhatWasAddedAndNothingElse(
            @ForAll @Size(max = 200) List<@IntRange(max = 300) Integer> added) {
        FingerprintSet set = new FingerprintSet(0);
        Set<Integer> model = new HashSet<>();

        for (int i : added) {
            // Many in one place of the table, and the one that looks like an empty place.
            assertThat(set.add((long) i << 40, i)).isEqualTo(model.add(i));
        }

        assertThat(set.size()).isEqualTo(model.size());
        assertThat(IntStream.rangeClosed(0, 300).filter(i -> set.contains((long) i << 40, i)))
                .containsExactlyInAnyOrderElementsOf(model);
    }

    @Test
    void aFilterOfSeveralPartsKnowsItsMembersAndTakesFewOthersForThem() {
        Fingerprints members = random(1_200_000, 1);
        IdentityFilter filter = IdentityFilter.of(members.size());
        assertThat(filter.parts()).isEqualTo(3);
        IntStream.range(0, members.size()).forEach(i -> filter.add(members.second(i)));

        IdentityFilter read = IdentityFilter.ofBytes(filter.bytes());
        IntStream.range(0, filter.parts()).forEach(part -> read.put(part, filter.part(part)));

        assertThat(IntStream.range(0, members.size()))
                .allMatch(i -> read.mayContain(members.second(i)));
        Fingerprints others = random(100_000, 2);
        long taken =
                IntStream.range(0, others.size())
                        .filter(i -> read.mayContain(others.second(i)))
                        .count();
        assertThat(taken).as("of 100,000").isLessThan(300);
    }

    @Test
    void fingerprintsAreOfTheIdentityAlone() {
        Fingerprints fingerprints = new Fingerprints(0);
        List<String> ids = List.of("a", "b", "a", "\uFFFD", "é", "e\u0301", "");

        var distinct = new Fingerprinter().addDistinct(fingerprints, ids.size(), ids::get);

        assertThat(distinct.toString()).isEqualTo("{0, 1, 3, 4, 5, 6}");
        assertThat(fingerprints.size()).isEqualTo(6);
        // The first half of SHA-256("a").
        assertThat(new java.math.BigInteger(1, fingerprints.bytes(0)).toString(16))
                .isEqualTo("ca978112ca1bbdcafac231b39a23dc4d");
    }
}
