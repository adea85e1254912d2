/**
 * Metrics the way the original keeps them: metrics.yaml says which Sensu plugins run each minute, a
 * durable buffer holds what they and {@code /metric/append} brought until {@code /metric} hands it
 * over.
 */
@NullMarked
package io.happo.agent.metrics;

import org.jspecify.annotations.NullMarked;
