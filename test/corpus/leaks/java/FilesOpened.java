package shop.io;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamReader;
import org.w3c.dom.Document;
import com.fasterxml.jackson.databind.ObjectMapper;

class Files2 {
  private final ObjectMapper json = new ObjectMapper();
  private OutputStream log;

  // process streams
  String run(String... cmd) throws IOException, InterruptedException {
    Process p = new ProcessBuilder(cmd).redirectErrorStream(true).start();
    try (BufferedReader r = new BufferedReader(new InputStreamReader(p.getInputStream()))) {
      return r.readLine();
    } finally {
      p.waitFor();
    }
  }

  Document xml(File f) throws Exception {
    // ruleid: java/file-stream
    InputStream in = new FileInputStream(f);
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
  }

  // jackson closes what it reads by its own default
  Config config(Path p) throws IOException {
    // ok: java/file-stream
    return json.readValue(Files.newInputStream(p), Config.class);
  }

  void openLog(File f) throws IOException {
    // ok: java/file-stream
    log = new BufferedOutputStream(new FileOutputStream(f, true));
  }

  void closeLog() throws IOException { if (log != null) log.close(); }

  // the wrapper's constructor may raise after the file is open
  Reader reader(File f, String charset) throws IOException {
    // todoruleid: java/file-stream
    FileInputStream in = new FileInputStream(f);
    return new InputStreamReader(in, charset);
  }

  Reader readerPlain(File f) throws IOException {
    // ok: java/file-stream
    return new BufferedReader(new InputStreamReader(new FileInputStream(f)));
  }

  // returned in an Optional
  Optional<InputStream> optional(Path p) throws IOException {
    // ok: java/file-stream
    return Files.exists(p) ? Optional.of(Files.newInputStream(p)) : Optional.empty();
  }

  void toHolder(AtomicReference<InputStream> holder, Path p) throws IOException {
    // ok: java/file-stream
    holder.set(Files.newInputStream(p));
  }

  // set on another object
  void attach(Request r, Path p) throws IOException {
    // ok: java/file-stream
    r.setBody(Files.newInputStream(p));
  }

  // header check throws with the stream open
  byte[] header(Path p) throws IOException {
    // ruleid: java/file-stream
    InputStream in = new BufferedInputStream(Files.newInputStream(p));
    byte[] b = in.readNBytes(4);
    if (b[0] != 'L') throw new IOException("bad magic");
    in.close();
    return b;
  }

  // closes in each branch
  int branches(File f, boolean a) throws IOException {
    // ok: java/file-stream
    InputStream in = new FileInputStream(f);
    try {
      int n = in.read();
      if (a) {
        in.close();
        return n;
      }
      in.close();
      return -n;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  void lambda(List<Path> files) {
    files.forEach(p -> {
      try {
        // ruleid: java/file-stream
        InputStream in = Files.newInputStream(p);
        in.skip(3);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  void lambdaClosed(List<Path> files) {
    files.forEach(p -> {
      // ok: java/file-stream
      try (InputStream in = Files.newInputStream(p)) {
        in.skip(3);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  // the output stream of a socket closes the socket
  void socketStream(String host) throws IOException {
    Socket s = new Socket(host, 80);
    try (DataOutputStream out = new DataOutputStream(s.getOutputStream())) {
      out.writeInt(1);
    }
  }

  // a system exit
  void exits(File f) throws IOException {
    // todook: java/file-stream
    InputStream in = new FileInputStream(f);
    if (in.read() < 0) System.exit(1);
    in.close();
  }

  int dead(String t) throws IOException {
    Reader r = new StringReader(t);
    return r.read();
  }

  void swap(List<File> files) throws IOException {
    InputStream current = null;
    try {
      for (File f : files) {
        if (current != null) current.close();
        // ok: java/file-stream
        current = new FileInputStream(f);
        current.read();
      }
    } finally {
      if (current != null) current.close();
    }
  }

  XMLStreamReader stax(Path p) throws Exception {
    // ok: java/file-stream
    try (InputStream in = Files.newInputStream(p)) {
      XMLStreamReader r = XMLInputFactory.newInstance().createXMLStreamReader(in);
      r.next();
      return r;
    }
  }

  // do-while with a break past the close
  void doWhile(List<File> files) throws IOException {
    int i = 0;
    do {
      // ruleid: java/file-stream
      FileOutputStream out = new FileOutputStream(files.get(i));
      if (i > 10) break;
      out.close();
      i++;
    } while (i < files.size());
  }

  static class Config { int n; }
  interface Request { void setBody(InputStream in); }
}
