namespace Deployment.Providers.Local.Packages;

/// <summary>The checksum of zip entries (ISO 3309), which the framework's reader doesn't compare.</summary>
internal struct Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    public uint Value { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint value = ~Value;
        foreach (byte next in bytes)
        {
            value = Table[(byte)(value ^ next)] ^ (value >> 8);
        }

        Value = ~value;
    }

    private static uint Entry(int index)
    {
        uint value = (uint)index;
        for (int bit = 0; bit < 8; bit++)
        {
            value = (value & 1) == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1;
        }

        return value;
    }
}
