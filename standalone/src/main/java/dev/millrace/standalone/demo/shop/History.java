package dev.millrace.standalone.demo.shop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Thirteen weeks of a shop, as the parcels that its systems send, in the order in which they send
 * them. A history is a function of its seed alone.
 */
public final class History {

    /** Well under the 500 KB and 2,500 events that one batch may have. */
    private static final int MOST_BYTES = 300_000;

    private static final int MOST_MESSAGES = 250;

    /**
     * Every so many parcels the answer is lost on the way, and the sender sends all of it again.
     */
    private static final int LOST_ANSWERS = 41;

    private final String prefix;
    private final List<Parcel> parcels;

    private History(String prefix, List<Parcel> parcels) {
        this.prefix = prefix;
        this.parcels = List.copyOf(parcels);
    }

    public static History of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String prefix = "s" + Long.toUnsignedString(seed);
        Diary diary = new Diary(prefix);
        new Customers(new Town(random.split()), diary).live(random.split());
        new Leads(diary).live(random.split());
        Mischief mischief = new Mischief(random.split());
        mischief.breakSome(diary);
        List<Message> messages = new ArrayList<>(mischief.delayAndRepeat(diary.messages()));
        messages.sort(Comparator.comparing(Message::at));
        return new History(prefix, pack(messages));
    }

    public List<Parcel> parcels() {
        return parcels;
    }

    /** What every identity of this history begins with. */
    public String prefix() {
        return prefix;
    }

    public int messages() {
        return parcels.stream().mapToInt(parcel -> parcel.messages().size()).sum();
    }

    /** How many rows each table must have in the end, by source and stream joined with a dot. */
    public Map<String, Integer> rows() {
        Map<String, Integer> rows = new TreeMap<>();
        for (Parcel parcel : parcels) {
            for (Message message : parcel.messages()) {
                if (message.nature().fate() == Nature.Fate.LANDS) {
                    rows.merge(message.door().source() + "." + message.stream(), 1, Integer::sum);
                }
            }
        }
        return rows;
    }

    /** How many messages there are of each nature. */
    public Map<Nature, Integer> natures() {
        Map<Nature, Integer> natures = new EnumMap<>(Nature.class);
        parcels.forEach(p -> p.messages().forEach(m -> natures.merge(m.nature(), 1, Integer::sum)));
        return natures;
    }

    private static List<Parcel> pack(List<Message> messages) {
        List<Parcel> parcels = new ArrayList<>();
        Map<Door, List<Message>> open = new EnumMap<>(Door.class);
        Map<Door, Integer> bytes = new HashMap<>();
        for (Message message : messages) {
            if (message.nature().travelsAlone()) {
                parcels.add(new Parcel(parcels.size() + 1, message.door(), List.of(message)));
                continue;
            }
            List<Message> waiting = open.computeIfAbsent(message.door(), _ -> new ArrayList<>());
            waiting.add(message);
            int size = bytes.merge(message.door(), message.bytes(), Integer::sum);
            if (waiting.size() >= MOST_MESSAGES || size >= MOST_BYTES) {
                close(message.door(), waiting, parcels);
                waiting.clear();
                bytes.remove(message.door());
            }
        }
        open.forEach(
                (door, waiting) -> {
                    if (!waiting.isEmpty()) {
                        close(door, waiting, parcels);
                    }
                });
        return parcels;
    }

    private static void close(Door door, List<Message> messages, List<Parcel> parcels) {
        Parcel parcel = new Parcel(parcels.size() + 1, door, messages);
        parcels.add(parcel);
        if (parcel.number() % LOST_ANSWERS == 0) {
            parcels.add(new Parcel(parcels.size() + 1, door, repeated(messages)));
        }
    }

    /** Only what was good is good again; broken messages break again. */
    private static List<Message> repeated(List<Message> messages) {
        return messages.stream()
                .map(
                        m ->
                                m.nature().fate() == Nature.Fate.LANDS
                                        ? m.sent(m.at(), Nature.DUPLICATE)
                                        : m)
                .toList();
    }
}
