#!/bin/sh
# The long run of the fuzzer on NRPE's packets: tools/fuzz-nrpe.sh [INPUTS], 12,500,000 when not given.
# tools/fuzz-nrpe.sh FILE tries one input, such as a find. See docs/fuzzing.md.
set -eu

cd "$(dirname "$0")/.."
work=core/target/fuzz
if [ -f "${1:-}" ]; then
  set -- "$1"
else
  set -- "-runs=${1:-12500000}" "$work/corpus"
fi
package=io.happo.core.nrpe

mkdir -p "$work/corpus"
./mvnw -B -ntp -q -pl core test-compile dependency:build-classpath -Dmdep.includeScope=test \
  -Dmdep.outputFile="$PWD/$work/classpath"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

# Every input for at most 10 s; the heap is small so that growth shows. The tests' own classes guide nobody.
exec nice -n 15 "$java" -Xmx256m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
  -XX:+EnableDynamicAgentLoading --sun-misc-unsafe-memory-access=allow \
  -cp "core/target/classes:core/target/test-classes:$(cat "$work/classpath")" \
  com.code_intelligence.jazzer.Jazzer --target_class="$package.NrpeFuzz" --trace=cov \
  --instrumentation_includes="$package.**" --custom_hook_includes="$package.Nrpe**" \
  --instrumentation_excludes="$package.PacketWalk**:$package.HandMadePackets**:$package.NrpeFuzz**" \
  --reproducer_path="$work" -artifact_prefix="$work/" -timeout=10 -max_len=1024 -len_control=0 \
  -print_final_stats=1 "$@"
