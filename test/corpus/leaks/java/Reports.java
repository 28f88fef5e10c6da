package shop.reports;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Properties;
import java.util.Scanner;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

class Reports {
  private final Path root = Paths.get("/srv/reports");

  List<String> names() throws IOException {
    // ruleid: java/path-stream
    return Files.list(root).map(Path::toString).collect(Collectors.toList());
  }

  List<String> namesClosed() throws IOException {
    // ok: java/path-stream
    try (Stream<Path> found = Files.walk(root, 3)) {
      return found.filter(Files::isRegularFile).map(Path::toString).toList();
    }
  }

  long lines(Path p) throws IOException {
    // ruleid: java/path-stream
    Stream<String> lines = Files.lines(p);
    return lines.filter(l -> !l.isBlank()).count();
  }

  Stream<String> open(Path p) throws IOException {
    // ok: java/path-stream
    return Files.lines(p, StandardCharsets.UTF_8);
  }

  long useOpen(Path p) throws IOException {
    // ruleid: java/path-stream
    return open(p).count();
  }

  long useOpenClosed(Path p) throws IOException {
    try (var s = open(p)) { return s.count(); }
  }

  Properties load(String name) throws IOException {
    Properties p = new Properties();
    // ruleid: java/file-stream
    p.load(new FileInputStream(name));
    return p;
  }

  Properties loadClosed(String name) throws IOException {
    Properties p = new Properties();
    // ok: java/file-stream
    try (InputStream in = new FileInputStream(name)) { p.load(in); }
    return p;
  }

  Properties loadResource(String name) throws IOException {
    Properties p = new Properties();
    InputStream in = getClass().getResourceAsStream(name);
    if (in == null) return p;
    try {
      p.load(in);
    } finally {
      in.close();
    }
    return p;
  }

  void zip(File to, List<File> files) throws IOException {
    // ok: java/file-stream
    try (ZipOutputStream out = new ZipOutputStream(new FileOutputStream(to))) {
      for (File f : files) {
        // ruleid: java/file-stream
        FileInputStream in = new FileInputStream(f);
        out.putNextEntry(new ZipEntry(f.getName()));
        in.transferTo(out);
        out.closeEntry();
        in.close();
      }
    }
  }

  void zipClosed(File to, List<File> files) throws IOException {
    // ok: java/file-stream
    try (ZipOutputStream out = new ZipOutputStream(new FileOutputStream(to))) {
      for (File f : files) {
        out.putNextEntry(new ZipEntry(f.getName()));
        // ok: java/file-stream
        try (FileInputStream in = new FileInputStream(f)) {
          in.transferTo(out);
        }
        out.closeEntry();
      }
    }
  }

  String first(File f) throws IOException {
    // ruleid: java/file-stream
    BufferedReader r = new BufferedReader(new FileReader(f));
    String line = r.readLine();
    if (line == null) throw new IOException("empty: " + f);
    r.close();
    return line;
  }

  String firstClosed(File f) throws IOException {
    // ok: java/file-stream
    BufferedReader r = new BufferedReader(new InputStreamReader(new FileInputStream(f), StandardCharsets.UTF_8));
    try {
      return r.readLine();
    } finally {
      r.close();
    }
  }

  int scan(File f) throws IOException {
    // ruleid: java/file-stream
    Scanner s = new Scanner(f);
    int n = 0;
    while (s.hasNextInt()) n += s.nextInt();
    return n;
  }

  int scanText(String text) {
    // ok: java/file-stream
    Scanner s = new Scanner(text);
    int n = 0;
    while (s.hasNextInt()) n += s.nextInt();
    return n;
  }

  byte[] tail(File f, int n) throws IOException {
    // ruleid: java/file-stream
    RandomAccessFile raf = new RandomAccessFile(f, "r");
    byte[] b = new byte[n];
    raf.seek(Math.max(0, raf.length() - n));
    raf.readFully(b);
    raf.close();
    return b;
  }

  String version(String jar) throws IOException {
    // ruleid: java/zip-file
    JarFile j = new JarFile(jar);
    return j.getManifest().getMainAttributes().getValue("Implementation-Version");
  }

  String entry(File zip, String name) throws IOException {
    // ok: java/zip-file
    try (ZipFile z = new ZipFile(zip)) {
      ZipEntry e = z.getEntry(name);
      if (e == null) return null;
      return new String(z.getInputStream(e).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  void lock(Path p) throws IOException {
    // ok: java/file-stream
    try (FileChannel ch = FileChannel.open(p, StandardOpenOption.WRITE); FileLock l = ch.lock()) {
      ch.truncate(0);
    }
  }

  boolean tryLock(Path p) throws IOException {
    // ruleid: java/file-stream
    FileChannel ch = FileChannel.open(p, StandardOpenOption.WRITE);
    FileLock l = ch.tryLock();
    if (l == null) return false;
    l.release();
    ch.close();
    return true;
  }

  void write(Path p, List<String> lines) throws IOException {
    // ruleid: java/file-stream
    BufferedWriter w = Files.newBufferedWriter(p);
    for (String l : lines) { w.write(l); w.newLine(); }
    w.close();
  }

  void writeClosed(Path p, List<String> lines) throws IOException {
    // ok: java/file-stream
    try (PrintWriter w = new PrintWriter(new FileWriter(p.toFile()))) {
      lines.forEach(w::println);
    }
  }

  byte[] inMemory(Object o) throws IOException {
    ByteArrayOutputStream b = new ByteArrayOutputStream();
    ObjectOutputStream out = new ObjectOutputStream(b);
    out.writeObject(o);
    return b.toByteArray();
  }

  int children() throws IOException {
    int n = 0;
    // ruleid: java/path-stream
    for (Path p : Files.newDirectoryStream(root)) n++;
    return n;
  }

  int childrenClosed() throws IOException {
    int n = 0;
    // ok: java/path-stream
    try (DirectoryStream<Path> d = Files.newDirectoryStream(root)) {
      for (Path p : d) n++;
    }
    return n;
  }

  OutputStream gz(Path p) throws IOException {
    // ok: java/file-stream
    return new GZIPOutputStream(Files.newOutputStream(p));
  }

  void copy(Path a, Path b) throws IOException {
    // ruleid: java/file-stream
    InputStream in = Files.newInputStream(a);
    // ok: java/file-stream
    try (OutputStream out = Files.newOutputStream(b)) {
      in.transferTo(out);
      in.close();
    }
  }
}
