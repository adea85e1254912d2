package io.happo.program.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * Why a file could not be used, in words. The platform's messages often hold nothing but the path.
 */
public final class Reason {
  private Reason() {}

  /** The reason alone: whoever tells it has named the file. */
  public static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "it or its folder does not exist";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException file when file.getReason() != null -> file.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
