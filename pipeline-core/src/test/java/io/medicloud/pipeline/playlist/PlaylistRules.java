// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a media playlist as a stranger would, and says what is against RFC 8216 (its second edition, draft-pantos-hls-rfc8216bis, where that says
 * more), clause by clause; of two that were served one after the other also what must not have changed.
 */
final class PlaylistRules {
    private static final Pattern ATTRIBUTE = Pattern.compile("([A-Z0-9-]+)=(\"[^\"\\r\\n]*\"|[^\",\\s]+)(,|$)");
    private static final Pattern DECIMAL = Pattern.compile("\\d+(\\.\\d+)?");
    private static final Set<String> ONCE = Set.of(
            "#EXT-X-VERSION",
            "#EXT-X-TARGETDURATION",
            "#EXT-X-MEDIA-SEQUENCE",
            "#EXT-X-DISCONTINUITY-SEQUENCE",
            "#EXT-X-PLAYLIST-TYPE",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            "#EXT-X-SERVER-CONTROL",
            "#EXT-X-PART-INF",
            "#EXT-X-SKIP",
            "#EXT-X-PRELOAD-HINT",
            "#EXT-X-ENDLIST");

    /** What is said of one segment, but for its parts. */
    record Entry(long sequence, long discontinuity, String uri, BigDecimal duration, String tags) {}

    record Part(BigDecimal duration, String uri, boolean independent) {}

    final List<String> violations = new ArrayList<>();
    final List<Entry> entries = new ArrayList<>();
    final List<Part> trailing = new ArrayList<>();
    private final Map<String, String> head = new HashMap<>();
    private final List<List<Part>> parts = new ArrayList<>();
    private final List<Instant> starts = new ArrayList<>();
    private boolean hasGaps;

    PlaylistRules(String text) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        rule(lines.remove(lines.size() - 1).isEmpty(), "4.1: the last line is ended");
        rule(!text.contains("\r") && !text.startsWith("\uFEFF"), "4.1: no control characters, no byte order mark");
        rule(!lines.isEmpty() && lines.get(0).equals("#EXTM3U"), "4.4.1.1: EXTM3U is the first line");
        read(lines);
        checkHead();
        checkSegments();
        checkParts();
    }

    private void rule(boolean isKept, String rule) {
        if (!isKept) {
            violations.add(rule);
        }
    }

    private void read(List<String> lines) {
        long discontinuity = 0;
        long sequence = 0;
        StringBuilder tags = new StringBuilder();
        String duration = "";
        Instant start = null;
        List<Part> its = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Set<String> ranges = new HashSet<>();
        for (String line : lines.subList(1, lines.size())) {
            String name = line.contains(":") ? line.substring(0, line.indexOf(':')) : line;
            String value = line.substring(Math.min(line.length(), name.length() + 1));
            rule(!line.isBlank(), "4.1: no blank line is written");
            if (ONCE.contains(name)) {
                rule(seen.add(name), "4.4: " + name + " is there once");
                head.put(name, value);
                boolean isHead = !name.equals("#EXT-X-ENDLIST") && !name.equals("#EXT-X-PRELOAD-HINT");
                rule(
                        !isHead || (entries.isEmpty() && tags.isEmpty()),
                        "4.4.3: " + name + " is in front of every segment");
                if (name.equals("#EXT-X-MEDIA-SEQUENCE")) {
                    sequence = Long.parseLong(value);
                } else if (name.equals("#EXT-X-DISCONTINUITY-SEQUENCE")) {
                    discontinuity = Long.parseLong(value);
                } else if (name.equals("#EXT-X-SKIP")) {
                    sequence += Long.parseLong(attributes(value).getOrDefault("SKIPPED-SEGMENTS", "0"));
                }
            } else if (name.equals("#EXT-X-PART")) {
                Map<String, String> of = attributes(value);
                rule(of.containsKey("URI") && of.containsKey("DURATION"), "4.4.4.9: a part has URI and DURATION");
                its.add(new Part(
                        new BigDecimal(of.getOrDefault("DURATION", "0")),
                        of.getOrDefault("URI", ""),
                        "YES".equals(of.get("INDEPENDENT"))));
            } else if (line.startsWith("#")) {
                tags.append(line).append('\n');
                switch (name) {
                    case "#EXTINF" -> duration = value.substring(0, Math.max(0, value.indexOf(',')));
                    case "#EXT-X-DISCONTINUITY" -> discontinuity++;
                    case "#EXT-X-PROGRAM-DATE-TIME" -> start = Instant.parse(value);
                    case "#EXT-X-GAP" -> hasGaps = true;
                    case "#EXT-X-DATERANGE" -> {
                        Map<String, String> of = attributes(value);
                        rule(of.containsKey("ID") && of.containsKey("START-DATE"), "4.4.5.1: ID and START-DATE");
                        rule(ranges.add(of.getOrDefault("ID", "")), "4.4.5.1: an ID is not used again");
                        Instant.parse(of.getOrDefault("START-DATE", "\"\"").replace("\"", ""));
                    }
                    default -> violations.add("unknown: " + line);
                }
                rule(
                        its.isEmpty() || name.equals("#EXTINF") || name.equals("#EXT-X-GAP"),
                        "4.4.4.9: " + name + " is in front of the parts");
            } else {
                rule(DECIMAL.matcher(duration).matches(), "4.4.4.1: EXTINF with a duration is in front of each URI");
                entries.add(new Entry(sequence++, discontinuity, line, decimal(duration), tags.toString()));
                parts.add(its);
                starts.add(start);
                tags.setLength(0);
                duration = "";
                start = null;
                its = new ArrayList<>();
            }
        }
        trailing.addAll(its);
        rule(tags.isEmpty() || !its.isEmpty(), "4.4.4: tags of a segment are in front of one: " + tags);
    }

    private static BigDecimal decimal(String text) {
        return text.isEmpty() ? BigDecimal.ZERO : new BigDecimal(text);
    }

    private Map<String, String> attributes(String list) {
        Map<String, String> found = new HashMap<>();
        Matcher matcher = ATTRIBUTE.matcher(list);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            rule(found.put(matcher.group(1), matcher.group(2)) == null, "4.2: an attribute is there once: " + list);
            end = matcher.end();
        }
        rule(end == list.length(), "4.2: no attribute list: " + list);
        return found;
    }

    private boolean has(String tag) {
        return head.containsKey(tag);
    }

    boolean isEnded() {
        return has("#EXT-X-ENDLIST");
    }

    int target() {
        return Integer.parseInt(head.getOrDefault("#EXT-X-TARGETDURATION", "0"));
    }

    private void checkHead() {
        int version = Integer.parseInt(head.getOrDefault("#EXT-X-VERSION", "1"));
        rule(version >= 3, "8: decimal durations need version 3");
        rule(!has("#EXT-X-SKIP") || version >= 9, "8: EXT-X-SKIP needs version 9");
        rule(has("#EXT-X-TARGETDURATION"), "4.4.3.1: EXT-X-TARGETDURATION is required");
        rule(
                Set.of("", "EVENT", "VOD").contains(head.getOrDefault("#EXT-X-PLAYLIST-TYPE", "")),
                "4.4.3.5: the type is known");
        rule(!"VOD".equals(head.get("#EXT-X-PLAYLIST-TYPE")) || isEnded(), "4.4.3.5: VOD does not change");
        Map<String, String> control = attributes(head.getOrDefault("#EXT-X-SERVER-CONTROL", ""));
        if (has("#EXT-X-PART-INF")) {
            double part = partTarget();
            rule(control.containsKey("PART-HOLD-BACK"), "4.4.3.8: PART-HOLD-BACK is required with parts");
            rule(number(control, "PART-HOLD-BACK") >= 2 * part, "4.4.3.8: PART-HOLD-BACK is two part targets or more");
        }
        rule(
                !control.containsKey("CAN-SKIP-UNTIL") || number(control, "CAN-SKIP-UNTIL") >= 6.0 * target(),
                "4.4.3.8: CAN-SKIP-UNTIL is six target durations or more");
        rule(!isEnded() || !has("#EXT-X-PRELOAD-HINT"), "4.4.5.3: no hint in what has ended");
    }

    private double partTarget() {
        return number(attributes(head.getOrDefault("#EXT-X-PART-INF", "")), "PART-TARGET");
    }

    private static double number(Map<String, String> attributes, String name) {
        return Double.parseDouble(attributes.getOrDefault(name, "0"));
    }

    private void checkSegments() {
        boolean isIndependent = has("#EXT-X-INDEPENDENT-SEGMENTS");
        Set<String> uris = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            double seconds = entry.duration().doubleValue();
            rule(Math.floor(seconds + 0.5) <= target(), "4.4.3.1: " + entry + " is longer than " + target());
            rule(uris.add(entry.uri()), "6.2.1: a URI a segment: " + entry.uri());
            rule(
                    i > 0 || !entry.tags().contains("#EXT-X-DISCONTINUITY\n"),
                    "4.4.4.3: nothing is in front of the first segment");
            Instant before = i > 0 ? starts.get(i - 1) : null;
            Instant start = starts.get(i);
            if (before != null && start != null) {
                long overlapMs =
                        before.plusMillis((long) (entries.get(i - 1).duration().doubleValue() * 1000))
                                        .toEpochMilli()
                                - start.toEpochMilli();
                rule(
                        overlapMs < 1000 && !start.isBefore(before),
                        "6.2.1: a date is in one place, give or take a second: " + entry);
            }
            rule(
                    !entry.tags().contains("#EXT-X-DISCONTINUITY\n") || start != null,
                    "6.2.1: a date after each discontinuity");
        }
        rule(!isIndependent || isEnded(), "4.4.2.1: nobody knows that of what is yet to come");
    }

    private void checkParts() {
        List<List<Part>> all = new ArrayList<>(parts);
        all.add(trailing);
        double end = trailing.stream()
                .mapToDouble(part -> part.duration().doubleValue())
                .sum();
        for (int i = all.size() - 1; i >= 0; i--) {
            List<Part> its = all.get(i);
            for (int p = 0; p < its.size(); p++) {
                double seconds = its.get(p).duration().doubleValue();
                boolean isLast = p == its.size() - 1 && (i < parts.size() || isHintElsewhere(its.get(p)));
                rule(seconds <= partTarget() + 1e-6, "4.4.4.9: no part is longer than the part target: " + its.get(p));
                rule(
                        isLast || its.get(p).independent() || seconds >= 0.85 * partTarget(),
                        "4.4.4.9: a part has 85 % of the part target: " + its.get(p));
            }
            if (i < parts.size()) {
                rule(its.isEmpty() || end <= 3.0 * target(), "6.2.2: no parts far from the end");
                end += entries.get(i).duration().doubleValue();
                double sum = its.stream()
                        .mapToDouble(part -> part.duration().doubleValue())
                        .sum();
                rule(
                        its.isEmpty()
                                || Math.abs(sum - entries.get(i).duration().doubleValue()) < 0.1,
                        "4.4.4.9: the parts are the segment: " + entries.get(i));
            }
        }
        rule(
                head.containsKey("#EXT-X-PART-INF") || all.stream().allMatch(List::isEmpty),
                "4.4.3.7: PART-INF with parts");
        rule(!isEnded() || trailing.isEmpty(), "6.2.1: nothing comes any more");
    }

    /** The next part is of another segment: that one is its segment's last. */
    private boolean isHintElsewhere(Part part) {
        String hint = attributes(head.getOrDefault("#EXT-X-PRELOAD-HINT", "")).getOrDefault("URI", "");
        return !segmentOf(hint).equals(segmentOf(part.uri()));
    }

    private static String segmentOf(String uri) {
        return uri.substring(0, Math.max(0, uri.indexOf('.')));
    }

    private double seconds() {
        return entries.stream()
                .mapToDouble(entry -> entry.duration().doubleValue())
                .sum();
    }

    boolean hasGaps() {
        return hasGaps;
    }

    /** What is against the clauses on changes (6.2.1, 6.2.2), where this one was served after that one. */
    List<String> since(PlaylistRules before) {
        int known = violations.size();
        rule(target() == before.target(), "6.2.1: the target duration does not change");
        rule(!before.isEnded() || isEnded(), "6.2.1: what has ended does not go on");
        rule(
                entries.isEmpty()
                        || before.entries.isEmpty()
                        || entries.get(0).sequence() >= before.entries.get(0).sequence(),
                "6.2.2: the media sequence does not decrease");
        Map<Long, Entry> old = new HashMap<>();
        before.entries.forEach(entry -> old.put(entry.sequence(), entry));
        long last = before.entries.isEmpty()
                ? 0
                : before.entries.get(before.entries.size() - 1).sequence();
        rule(
                entries.isEmpty() || entries.get(entries.size() - 1).sequence() >= last,
                "6.2.1: only the first segments are removed");
        for (Entry entry : entries) {
            Entry was = old.get(entry.sequence());
            if (was != null) {
                boolean isSame = was.discontinuity() == entry.discontinuity()
                        && was.uri().equals(entry.uri())
                        && was.duration().compareTo(entry.duration()) == 0
                        && withoutBreak(was.tags()).equals(withoutBreak(entry.tags()));
                rule(isSame, "6.2.1: a segment does not change: " + was + " is " + entry);
            }
        }
        checkPartsSince(before);
        boolean isShortened = !entries.isEmpty()
                && !before.entries.isEmpty()
                && entries.get(0).sequence() > before.entries.get(0).sequence();
        rule(!isShortened || isEnded() || seconds() >= 3.0 * target(), "6.2.2: three target durations stay");
        rule(!isShortened || !"EVENT".equals(head.get("#EXT-X-PLAYLIST-TYPE")), "4.4.3.5: an event loses nothing");
        return violations.subList(known, violations.size());
    }

    /** Who was told the parts of a segment goes on from the last one, and waits for the next. */
    private void checkPartsSince(PlaylistRules before) {
        Map<Long, List<Part>> now = partsBySegment();
        before.partsBySegment().forEach((sequence, was) -> {
            List<Part> its = now.getOrDefault(sequence, List.of());
            boolean isKept =
                    its.size() >= was.size() && its.subList(0, was.size()).equals(was);
            boolean isFar = its.isEmpty() && secondsBehind(sequence) > 3.0 * target();
            rule(
                    isKept || isFar || isEnded(),
                    "6.2.2: parts that were told stay while they are near the end: " + was + " are " + its);
        });
    }

    private Map<Long, List<Part>> partsBySegment() {
        Map<Long, List<Part>> found = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            found.put(entries.get(i).sequence(), parts.get(i));
        }
        if (!entries.isEmpty()) {
            found.put(entries.get(entries.size() - 1).sequence() + 1, trailing);
        }
        found.values().removeIf(List::isEmpty);
        return found;
    }

    private double secondsBehind(long sequence) {
        double trailingSeconds = trailing.stream()
                .mapToDouble(part -> part.duration().doubleValue())
                .sum();
        return trailingSeconds
                + entries.stream()
                        .filter(entry -> entry.sequence() > sequence)
                        .mapToDouble(entry -> entry.duration().doubleValue())
                        .sum();
    }

    /** The first segment listed has no EXT-X-DISCONTINUITY: the discontinuity sequence tells. */
    private static String withoutBreak(String tags) {
        return tags.replace("#EXT-X-DISCONTINUITY\n", "");
    }
}
