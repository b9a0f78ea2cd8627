package io.zandloper.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The real one. Any thread; an open file belongs to one. */
public final class FileDisk implements Disk {
    public static final FileDisk INSTANCE = new FileDisk();

    private FileDisk() {}

    private static final class ChannelFile implements AppendFile {
        private final FileChannel channel;
        private long length;

        ChannelFile(FileChannel channel) throws IOException {
            this.channel = channel;
            this.length = channel.size();
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                length += channel.write(bytes, length);
            }
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public void truncate(long lengthBytes) throws IOException {
            channel.truncate(lengthBytes);
            length = lengthBytes;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Override
    public AppendFile create(Path file) throws IOException {
        return new ChannelFile(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    @Override
    public AppendFile append(Path file) throws IOException {
        return new ChannelFile(FileChannel.open(file, StandardOpenOption.WRITE));
    }

    @Override
    public List<String> list(Path folder) throws IOException {
        final List<String> names = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (final Path file : files) {
                    names.add(file.getFileName().toString());
                }
            }
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public long length(Path file) throws IOException {
        return Files.size(file);
    }

    @Override
    public int read(Path file, long position, ByteBuffer into) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            int total = 0;
            while (into.hasRemaining()) {
                final int read = channel.read(into, position + total);
                if (read < 0) {
                    break;
                }
                total += read;
            }
            return total;
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.delete(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        final Path absolute = folder.toAbsolutePath();
        final Path parent = absolute.getParent();
        if (parent == null) {
            return;
        }
        if (!Files.isDirectory(absolute)) {
            createFolder(parent);
            Files.createDirectories(absolute);
        } else if (!Files.isReadable(parent)) {
            return; // somebody else's folder with ours in it
        }
        syncFolder(parent); // also where it is there: whoever created it may have been killed before this
    }

    @Override
    public void deleteFolder(Path folder) throws IOException {
        for (final String name : list(folder)) {
            Files.delete(folder.resolve(name));
        }
        Files.deleteIfExists(folder);
    }

    @Override
    public long usableBytes(Path folder) throws IOException {
        Path there = folder.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return Files.getFileStore(there).getUsableSpace();
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
