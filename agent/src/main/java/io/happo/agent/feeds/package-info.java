/**
 * What programs of this machine send by themselves: StatsD and Graphite, on 127.0.0.1. All of it
 * goes where everything measured goes, as batches of this machine's host name. Everything is
 * bounded; what is beyond is dropped, counted and told ({@link io.happo.agent.feeds.Losses}).
 * Nothing of this is loaded unless one of the two is asked for.
 */
@NullMarked
package io.happo.agent.feeds;

import org.jspecify.annotations.NullMarked;
