using System.Globalization;
using System.Text;
using Deployment.Providers.Local.Tests.Support;

namespace Deployment.Providers.Local.Tests.Router.Conformance;

/// <summary>Takes whatever it gets, and tells what it was: a stricter one would hide what a proxy lets through.</summary>
internal static class LenientUpstream
{
    public static RawUpstream Start() => new(async connection =>
    {
        while (await connection.ReadHeadAsync() is { Length: > 0 } head)
        {
            string[] lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            string body = Value(lines, "transfer-encoding") is not null ? await ChunksAsync(connection) : await BytesAsync(connection, Value(lines, "content-length"));
            string told = Printable($"{lines[0]}|host={Value(lines, "host")}|body={body}{string.Concat(lines.Where(Told).Select(line => "|" + line.Trim()))}");
            await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {told.Length}\r\n\r\n{(head.StartsWith("HEAD ", StringComparison.Ordinal) ? "" : told)}");
        }
    });

    private static bool Told(string line) =>
        line.StartsWith('X') && !line.StartsWith("X-Forwarded", StringComparison.Ordinal) && line.Length < 100
        || line.StartsWith("Cookie", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Upgrade", StringComparison.OrdinalIgnoreCase)
        || line.StartsWith("TE:", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Range", StringComparison.OrdinalIgnoreCase)
        || line.StartsWith("Content_", StringComparison.OrdinalIgnoreCase);

    private static string? Value(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)) is { } line ? line[(name.Length + 1)..].Trim() : null;

    private static async Task<string> BytesAsync(RawConnection connection, string? length)
    {
        byte[] body = new byte[int.Parse(length ?? "0", CultureInfo.InvariantCulture)];
        await connection.Stream.ReadExactlyAsync(body);
        return Encoding.Latin1.GetString(body);
    }

    private static async Task<string> ChunksAsync(RawConnection connection)
    {
        var body = new StringBuilder();
        while (true)
        {
            string line = await connection.ReadToAsync("\r\n");
            int size = int.Parse(line.Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                // The trailers, to the empty line.
                while ((await connection.ReadToAsync("\r\n")).Length > 2)
                {
                }

                return body.ToString();
            }

            body.Append(await BytesAsync(connection, size.ToString(CultureInfo.InvariantCulture)));
            await connection.ReadToAsync("\r\n");
        }
    }

    private static string Printable(string text) => string.Concat(text.Select(c => c is >= ' ' and < '\x7f' ? c.ToString() : $"\\x{(int)c:x2}"));
}
