package io.happo.hub.graphite;

import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * What all that send share.
 *
 * @param room permits for values that are not stored yet
 * @param closing counted down when the port closes: nobody waits for a rate then
 */
record Shared(
    GraphiteSettings.Limits limits,
    Owners owners,
    LineRates rates,
    Losses losses,
    GraphiteSink sink,
    Semaphore room,
    CountDownLatch closing,
    InstantSource clock) {}
