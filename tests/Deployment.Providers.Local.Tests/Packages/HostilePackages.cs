using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Deployment.Providers.Local.Tests.Packages;

/// <summary>Archives that somebody made to do harm, or that broke. Each has a name, makes itself, and says what its refusal must name.</summary>
internal static class HostilePackages
{
    private const int Symlink = 0xA1FF << 16;
    private static readonly string Long = new('n', 256);

    public static IEnumerable<TestCaseData> All()
    {
        foreach ((string title, string name, string says) in Names())
        {
            yield return Case(title, ".zip", says, path => Zip(path, (name, "x")));
        }

        foreach ((string title, string name, string says) in Names().Where(entry => !entry.Name.StartsWith("./", StringComparison.Ordinal)))
        {
            yield return Case(title, ".tar.gz", title == "line feed" ? "can't be unpacked" : says, path => Tar(path, writer => Write(writer, new PaxTarEntry(TarEntryType.RegularFile, "placeholder") { Name = name, DataStream = new MemoryStream("x"u8.ToArray()) })));
        }

        foreach ((string title, int type) in new[] { ("symbolic link", 0xA000), ("pipe", 0x1000), ("character device", 0x2000), ("block device", 0x6000), ("socket", 0xC000), ("unheard type", 0xF000) })
        {
            yield return Case(title, ".zip", type == 0xA000 ? "link" : "neither a file nor a folder", path => Zip(path, zip => Entry(zip, "bin/x", "/etc/passwd", (type | 0x1FF) << 16)));
        }

        foreach (TarEntryType type in new[] { TarEntryType.SymbolicLink, TarEntryType.HardLink })
        {
            yield return Case($"{type}", ".tar.gz", "link", path => Tar(path, writer => Write(writer, new PaxTarEntry(type, "bin/x") { LinkName = "/etc/passwd" })));
        }

        foreach (TarEntryType type in new[] { TarEntryType.CharacterDevice, TarEntryType.BlockDevice, TarEntryType.Fifo })
        {
            yield return Case($"{type}", ".tar.gz", "neither a file nor a folder", path => Tar(path, writer => Write(writer, new PaxTarEntry(type, "bin/x"))));
        }

        yield return Case("link, then a file through it", ".zip", "link", path => Zip(path, zip =>
        {
            Entry(zip, "out", "/tmp", Symlink);
            Entry(zip, "out/owned", "x");
        }));
        yield return Case("same name twice", ".zip", "another entry", path => Zip(path, ("a", "x"), ("a", "y")));
        yield return Case("same name twice", ".tar.gz", "another entry", path => Tar(path, writer =>
        {
            Write(writer, File("a"));
            Write(writer, File("a"));
        }));
        yield return Case("same folder twice", ".zip", "another entry", path => Zip(path, ("a/", ""), ("a/", "")));
        yield return Case("names that differ in case", ".zip", "upper and lower case", path => Zip(path, ("README", "x"), ("readme", "y")));
        yield return Case("folders that differ in case", ".zip", "upper and lower case", path => Zip(path, ("Lib/a", "x"), ("lib/b", "y")));
        yield return Case("file, then a file below it", ".zip", "is a file already", path => Zip(path, ("a", "x"), ("a/b", "y")));
        yield return Case("file below a name, then a file of that name", ".zip", "another entry", path => Zip(path, ("a/b", "x"), ("a", "y")));
        yield return Case("file and folder of one name", ".zip", "another entry", path => Zip(path, ("a", "x"), ("a/", "")));
        yield return Case("file with the name of a folder", ".zip", "name of a folder", path => Zip(path, zip => Entry(zip, "a/", "x", 0x81A4 << 16)));
        yield return Case("one file of zeros", ".zip", "times larger", path => Zip(path, zip => Zeros(zip, "zeros", 64)));
        yield return Case("many files of zeros", ".zip", "times larger", path => Zip(path, zip =>
        {
            for (int number = 0; number < 30; number++)
            {
                Zeros(zip, $"zeros-{number}", 2);
            }
        }));
        yield return Case("one file of zeros", ".tar.gz", "Raise Packages.", path => Tar(path, writer =>
            Write(writer, new PaxTarEntry(TarEntryType.RegularFile, "zeros") { DataStream = new MemoryStream(new byte[64 << 20]) })));
        yield return Case("more entries than allowed", ".zip", "entries", path => Zip(path, zip =>
        {
            for (int number = 0; number <= 1000; number++)
            {
                Entry(zip, $"f{number}", "");
            }
        }));
        yield return Case("entries of nothing, very many", ".zip", "entries", ManyEntries);
        yield return Case("attributes of half a gigabyte", ".tar.gz", "describes its entries", path => Headers(path, 1, 'x', size: 512 << 20));
        yield return Case("name of half a gigabyte", ".tar.gz", "describes its entries", path => Headers(path, 1, 'L', size: 512 << 20));
        yield return Case("attributes of a size in binary", ".tar.gz", "describes its entries", path => Headers(path, 1, 'x', size: -1));
        yield return Case("global attributes and nothing else", ".tar.gz", "entries", path => Headers(path, 20_000, 'g', size: 0));
        yield return Case("more bytes than allowed", ".zip", "bytes", path => Zip(path, zip => Noise(zip, "noise", 9)));
        yield return Case("less claimed than there is", ".zip", "damaged", path => Patched(path, LessClaimed));
        yield return Case("more claimed than there is", ".zip", "damaged", path => Patched(path, bytes => Number(bytes, Central(bytes) + 24, 1_000_000)));
        yield return Case("4 GiB claimed", ".zip", "damaged", path => Patched(path, bytes => Number(bytes, Central(bytes) + 24, 0xFFFF_FFFE)));
        yield return Case("wrong checksum", ".zip", "damaged", path => Patched(path, bytes => Number(bytes, Central(bytes) + 16, 0xDEAD_BEEF)));
        yield return Case("changed content", ".zip", "package", path => Patched(path, bytes => bytes[40] ^= 0x55));
        yield return Case("encrypted entry", ".zip", "encrypted", path => Patched(path, bytes => bytes[Central(bytes) + 8] |= 1));
        yield return Case("unheard compression", ".zip", "package", path => Patched(path, bytes => bytes[Central(bytes) + 10] = 99));
        yield return Case("entries that share their bytes", ".zip", "more bytes than the file", path => Patched(path, bytes => Number(bytes, Central(bytes) + 20, 1_000_000)));
        yield return Case("directory that lies outside", ".zip", "package", path => Patched(path, bytes => Number(bytes, End(bytes) + 16, 0x7FFF_FFFF)));
        yield return Case("content that lies outside", ".zip", "package", path => Patched(path, bytes => Number(bytes, Central(bytes) + 42, 0x7FFF_FFFF)));
        yield return Case("name that is no UTF-8", ".zip", "UTF-8", path => Patched(path, bytes => bytes[Central(bytes) + 46] = bytes[30] = 0xFF));
        yield return Case("cut off", ".zip", "package", path => Cut(path, p => Zip(p, zip => Noise(zip, "noise", 1))));
        yield return Case("cut off", ".tar.gz", "package", path => Cut(path, p => Tar(p, writer => Write(writer, new PaxTarEntry(TarEntryType.RegularFile, "noise") { DataStream = new MemoryStream(Random(1)) }))));
        yield return Case("empty file", ".zip", "package", path => System.IO.File.WriteAllBytes(path, []));
        yield return Case("no entries", ".zip", "empty", path => Zip(path, _ => { }));
        yield return Case("no entries", ".tar.gz", "package", path => Tar(path, _ => { }));
        yield return Case("no zip", ".zip", "package", path => System.IO.File.WriteAllText(path, "PK, but not really"));
        yield return Case("no gzip", ".tar.gz", "package", path => System.IO.File.WriteAllText(path, "no"));
        yield return Case("unheard kind", ".rar", "none that is known", path => System.IO.File.WriteAllText(path, "Rar!"));
    }

    public static void Zip(string path, params (string Name, string Text)[] entries) => Zip(path, zip =>
    {
        foreach ((string name, string text) in entries)
        {
            Entry(zip, name, text);
        }
    });

    public static void Zip(string path, Action<ZipArchive> fill)
    {
        using FileStream file = System.IO.File.Create(path);
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        fill(zip);
    }

    public static void Entry(ZipArchive zip, string name, string text, int attributes = 0)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name);
        entry.ExternalAttributes = attributes;
        using Stream content = entry.Open();
        content.Write(Encoding.UTF8.GetBytes(text));
    }

    public static void Tar(string path, Action<TarWriter> fill)
    {
        using FileStream file = System.IO.File.Create(path);
        using var packed = new GZipStream(file, CompressionLevel.Fastest);
        using var writer = new TarWriter(packed, TarEntryFormat.Pax);
        fill(writer);
    }

    // A directory of nothing but entries, each as small as one can be; so many that their number needs the ends of Zip64.
    private static void ManyEntries(string path)
    {
        const int Count = 150_000;
        const int Directory = Count * 46;
        const int Record = 56;
        const int Locator = 20;
        byte[] bytes = new byte[Directory + Record + Locator + 22];
        for (int entry = 0; entry < Count; entry++)
        {
            "PK\u0001\u0002"u8.CopyTo(bytes.AsSpan(entry * 46));
        }

        Span<byte> record = bytes.AsSpan(Directory);
        "PK\u0006\u0006"u8.CopyTo(record);
        BinaryPrimitives.WriteInt64LittleEndian(record[4..], Record - 12);
        BinaryPrimitives.WriteInt64LittleEndian(record[24..], Count);
        BinaryPrimitives.WriteInt64LittleEndian(record[32..], Count);
        BinaryPrimitives.WriteInt64LittleEndian(record[40..], Directory);
        Span<byte> locator = record[Record..];
        "PK\u0006\u0007"u8.CopyTo(locator);
        BinaryPrimitives.WriteInt64LittleEndian(locator[8..], Directory);
        locator[16] = 1;
        Span<byte> end = locator[Locator..];
        "PK\u0005\u0006"u8.CopyTo(end);
        end[8..20].Fill(0xFF);
        System.IO.File.WriteAllBytes(path, bytes);
    }

    // Headers of this type, with content of zeros.
    private static void Headers(string path, int count, char type, int size)
    {
        using FileStream file = System.IO.File.Create(path);
        using var packed = new GZipStream(file, CompressionLevel.Fastest);
        byte[] header = new byte[512];
        "attributes"u8.CopyTo(header);
        "0000644\0"u8.CopyTo(header.AsSpan(100));
        Encoding.ASCII.GetBytes(Convert.ToString(Math.Max(size, 0), 8).PadLeft(11, '0')).CopyTo(header.AsSpan(124));
        if (size < 0)
        {
            header[124] = 0x80;
            header[130] = 1;
        }

        "00000000000\0"u8.CopyTo(header.AsSpan(136));
        header[156] = (byte)type;
        "ustar\u000000"u8.CopyTo(header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(value => value), 8).PadLeft(6, '0') + "\0").CopyTo(header.AsSpan(148));
        for (int number = 0; number < count; number++)
        {
            packed.Write(header);
            byte[] zeros = new byte[1 << 20];
            for (int written = 0; written < size; written += zeros.Length)
            {
                packed.Write(zeros);
            }
        }

        packed.Write(new byte[1024]);
    }

    private static IEnumerable<(string Title, string Name, string Says)> Names() =>
    [
        ("up", "../owned", ".."),
        ("up from inside", "a/../../owned", ".."),
        ("up at the end", "a/..", ".."),
        ("up and down again", "a/../b", ".."),
        ("here", "./a", "'.'"),
        ("here in the middle", "a/./b", "'.'"),
        ("absolute", "/tmp/owned", "absolute"),
        ("two slashes", "//tmp/owned", "absolute"),
        ("empty part", "a//b", "empty part"),
        ("drive", "C:/owned", "absolute"),
        ("backslashes", "..\\..\\owned", "backslash"),
        ("line feed", "a\nb", "control character"),
        ("escape", "a\u001b[2Jb", "control character"),
        ("long part", Long, "too long"),
        ("long path", string.Join('/', Enumerable.Repeat(new string('p', 200), 6)), "too long"),
        ("deep path", string.Join('/', Enumerable.Repeat("d", 65)), "too long"),
    ];

    private static TestCaseData Case(string title, string extension, string says, Action<string> make) =>
        new TestCaseData(extension, says, make).SetArgDisplayNames(title, extension);

    private static PaxTarEntry File(string name) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("x"u8.ToArray()) };

    private static void Write(TarWriter writer, TarEntry entry) => writer.WriteEntry(entry);

    private static void Zeros(ZipArchive zip, string name, int mebibytes)
    {
        using Stream content = zip.CreateEntry(name, CompressionLevel.SmallestSize).Open();
        byte[] zeros = new byte[1 << 20];
        for (int written = 0; written < mebibytes; written++)
        {
            content.Write(zeros);
        }
    }

    private static void Noise(ZipArchive zip, string name, int mebibytes)
    {
        using Stream content = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        content.Write(Random(mebibytes));
    }

    private static byte[] Random(int mebibytes)
    {
        byte[] noise = new byte[mebibytes << 20];
        new Random(4711).NextBytes(noise);
        return noise;
    }

    /// <summary>A zip of one file of text that was changed afterwards.</summary>
    private static void Patched(string path, Action<byte[]> change)
    {
        Zip(path, ("a", string.Concat(Enumerable.Repeat("some text that repeats ", 20))));
        byte[] bytes = System.IO.File.ReadAllBytes(path);
        change(bytes);
        System.IO.File.WriteAllBytes(path, bytes);
    }

    private static void LessClaimed(byte[] bytes) => Number(bytes, Central(bytes) + 24, 5);

    private static void Cut(string path, Action<string> make)
    {
        make(path);
        using FileStream file = System.IO.File.OpenWrite(path);
        file.SetLength(file.Length / 2);
    }

    private static void Number(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    private static int Central(byte[] bytes) => bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);

    private static int End(byte[] bytes) => bytes.AsSpan().IndexOf("PK\u0005\u0006"u8);
}
