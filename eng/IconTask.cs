using System;
using System.IO;
using System.IO.Compression;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Draws the packages' icon while packing, because no binary is kept in the repository: two bars, the old revision and
/// the new one above it, on a dark square.
/// </summary>
public sealed class DrawIcon : Task
{
    private const int Size = 128;

    /// <summary>Where the PNG is written.</summary>
    [Required]
    public string Output { get; set; }

    public override bool Execute()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Output)));
        File.WriteAllBytes(Output, Png());
        return true;
    }

    private static byte[] Png()
    {
        var file = new MemoryStream();
        file.Write(new byte[] { 137, 80, 78, 71, 13, 10, 26, 10 }, 0, 8);
        var header = new MemoryStream();
        BigEndian(header, Size);
        BigEndian(header, Size);

        // 8 bits a channel, RGBA, deflate, no interlacing.
        header.Write(new byte[] { 8, 6, 0, 0, 0 }, 0, 5);
        Chunk(file, "IHDR", header.ToArray());
        Chunk(file, "IDAT", Zlib(Pixels()));
        Chunk(file, "IEND", new byte[0]);
        return file.ToArray();
    }

    private static byte[] Pixels()
    {
        var rows = new MemoryStream();
        for (int y = 0; y < Size; y++)
        {
            rows.WriteByte(0);
            for (int x = 0; x < Size; x++)
            {
                uint color = Color(x, y);
                rows.Write(new[] { (byte)(color >> 24), (byte)(color >> 16), (byte)(color >> 8), (byte)color }, 0, 4);
            }
        }

        return rows.ToArray();
    }

    private static uint Color(int x, int y)
    {
        if (Rounded(x, y, 24, 30, 104, 58, 10))
        {
            return 0x3FB950FF;
        }

        if (Rounded(x, y, 24, 70, 104, 98, 10))
        {
            return 0x388BFDFF;
        }

        return Rounded(x, y, 0, 0, Size, Size, 24) ? 0x0D1117FF : 0x00000000u;
    }

    private static bool Rounded(int x, int y, int left, int top, int right, int bottom, int radius)
    {
        if (x < left || x >= right || y < top || y >= bottom)
        {
            return false;
        }

        int dx = Math.Max(Math.Max(left + radius - x, x - (right - 1 - radius)), 0);
        int dy = Math.Max(Math.Max(top + radius - y, y - (bottom - 1 - radius)), 0);
        return (dx * dx) + (dy * dy) <= radius * radius;
    }

    private static byte[] Zlib(byte[] data)
    {
        var output = new MemoryStream();
        output.WriteByte(0x78);
        output.WriteByte(0x9C);
        using (var deflate = new DeflateStream(output, CompressionLevel.Optimal, true))
        {
            deflate.Write(data, 0, data.Length);
        }

        uint a = 1, b = 0;
        foreach (byte value in data)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }

        BigEndian(output, (b << 16) | a);
        return output.ToArray();
    }

    private static void Chunk(Stream file, string type, byte[] data)
    {
        byte[] name = Encoding.ASCII.GetBytes(type);
        BigEndian(file, (uint)data.Length);
        file.Write(name, 0, name.Length);
        file.Write(data, 0, data.Length);
        uint crc = 0xFFFFFFFF;
        crc = Crc(Crc(crc, name), data) ^ 0xFFFFFFFF;
        BigEndian(file, crc);
    }

    private static uint Crc(uint crc, byte[] data)
    {
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return crc;
    }

    private static void BigEndian(Stream stream, uint value) =>
        stream.Write(new[] { (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value }, 0, 4);
}
