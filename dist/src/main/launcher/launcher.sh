#!/bin/sh
# @PROGRAM@: starts the program with the Java runtime that lies beside it, from wherever this folder is.
# Nothing is forked on the way, unless this file is called through a symbolic link.
self=$0
case $self in
  */*) ;;
  *) self=./$self ;;
esac
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=${self%/*}/$link ;;
  esac
done
home=${self%/*}/..
if ! [ -x "$home/runtime/bin/@PROGRAM@" ]; then
  why="this launcher is not in the folder it belongs to; copy the whole folder, or make a symbolic link to bin/@PROGRAM@ in it"
  case @PROGRAM@ in
    check_*) # A monitoring system reads standard output.
      echo "UNKNOWN(@PROGRAM@): $why"
      exit 3
      ;;
    *)
      echo "@PROGRAM@: $why" >&2
      exit 1
      ;;
  esac
fi

# What other Java programs of this machine are told must not reach this one, but it must reach the plugins that an
# agent starts. So the agent puts it back for them: for each name in HAPPO_LAUNCHER_ENV it removes the variable, or
# restores it from HAPPO_KEEP_<name> where there is one; then it removes these helpers.
HAPPO_LAUNCHER_ENV='LC_ALL MALLOC_ARENA_MAX JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS JDK_AOT_VM_OPTIONS'
export HAPPO_LAUNCHER_ENV
unset HAPPO_KEEP_LC_ALL HAPPO_KEEP_MALLOC_ARENA_MAX HAPPO_KEEP_JAVA_TOOL_OPTIONS HAPPO_KEEP_JDK_JAVA_OPTIONS \
  HAPPO_KEEP__JAVA_OPTIONS HAPPO_KEEP_JDK_AOT_VM_OPTIONS
[ -z "${LC_ALL+x}" ] || export HAPPO_KEEP_LC_ALL="$LC_ALL"
[ -z "${MALLOC_ARENA_MAX+x}" ] || export HAPPO_KEEP_MALLOC_ARENA_MAX="$MALLOC_ARENA_MAX"
[ -z "${JAVA_TOOL_OPTIONS+x}" ] || export HAPPO_KEEP_JAVA_TOOL_OPTIONS="$JAVA_TOOL_OPTIONS"
[ -z "${JDK_JAVA_OPTIONS+x}" ] || export HAPPO_KEEP_JDK_JAVA_OPTIONS="$JDK_JAVA_OPTIONS"
[ -z "${_JAVA_OPTIONS+x}" ] || export HAPPO_KEEP__JAVA_OPTIONS="$_JAVA_OPTIONS"
[ -z "${JDK_AOT_VM_OPTIONS+x}" ] || export HAPPO_KEEP_JDK_AOT_VM_OPTIONS="$JDK_AOT_VM_OPTIONS"
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS JDK_AOT_VM_OPTIONS
export LC_ALL=C.UTF-8 # words and file names pass through Java unharmed
export MALLOC_ARENA_MAX=@ARENAS@ # arenas of the C library: several cost megabytes and bring a small program nothing

exec "$home/runtime/bin/@PROGRAM@" @FLAGS@ -cp "@CLASS_PATH@" @MAIN_CLASS@ "$@"
