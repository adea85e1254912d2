/**
 * What the agent keeps on disk until someone has fetched it: a durable queue of records ({@link
 * io.happo.agent.buffer.DurableQueue}), what the hub is to be told, in such a queue ({@link
 * io.happo.agent.buffer.Outbox}), and machine-state snapshots ({@link
 * io.happo.agent.buffer.SnapshotStore}).
 *
 * <p>The queue is a log of segment files. {@code SegmentFormat} and {@code RecordReader} know the
 * bytes, {@code Index} what is where and who holds it (memory only), {@code SegmentLog} every
 * change of a file, {@code Disk} is the seam below, where tests break things.
 */
@NullMarked
package io.happo.agent.buffer;

import org.jspecify.annotations.NullMarked;
