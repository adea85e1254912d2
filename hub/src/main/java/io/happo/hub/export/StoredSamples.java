package io.happo.hub.export;

import io.happo.hub.store.SampleLog;
import java.util.List;
import java.util.OptionalLong;

/** What intake stored, as the store has it. */
public record StoredSamples(SampleLog log) implements SampleSource {
  @Override
  public List<Entry> after(long number, int most) {
    return log.after(number, most).stream().map(StoredSamples::entry).toList();
  }

  @Override
  public long before(long received) {
    return log.before(received);
  }

  private static Entry entry(SampleLog.Entry entry) {
    return new Entry(
        entry.number(),
        entry.received(),
        entry.samples().stream()
            .map(sample -> new Sample(sample.series(), sample.time(), sample.value()))
            .toList());
  }

  @Override
  public long last() {
    return log.last();
  }

  @Override
  public long lost() {
    return log.lost();
  }

  @Override
  public List<String> readers() {
    return log.readers();
  }

  @Override
  public OptionalLong position(String reader) {
    return log.position(reader);
  }

  @Override
  public void setPosition(String reader, long number) {
    log.setPosition(reader, number);
  }

  @Override
  public void forget(String reader) {
    log.forget(reader);
  }
}
