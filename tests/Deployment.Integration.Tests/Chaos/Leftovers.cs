using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Integration.Tests.Chaos;

/// <summary>Looks for what a local target has running or lying about.</summary>
internal static class Leftovers
{
    /// <summary>The processes that bear the state folder's mark, or name the folder on their command line.</summary>
    internal static IReadOnlyList<(int Id, string Line)> Processes(string folder)
    {
        string mark = $"DEPLOYMENT_SPAWN={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..16]}/";
        List<(int, string)> found = [];
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(path => Path.GetFileName(path).All(char.IsAsciiDigit)))
        {
            string line = Read(process + "/cmdline");
            if (line.Contains(folder + "\0", StringComparison.Ordinal) || Read(process + "/environ").Contains(mark, StringComparison.Ordinal))
            {
                found.Add((int.Parse(Path.GetFileName(process), System.Globalization.CultureInfo.InvariantCulture), line));
            }
        }

        return found;
    }

    /// <summary>Files that were being written or are only there while something runs.</summary>
    internal static string[] Files(string folder) =>
    [
        .. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Where(path => path.EndsWith(".new", StringComparison.Ordinal) || path.EndsWith(".tmp", StringComparison.Ordinal) || Path.GetFileName(path).StartsWith("router-", StringComparison.Ordinal) && !path.Contains(".log", StringComparison.Ordinal) || Path.GetFileName(path).StartsWith(".new-", StringComparison.Ordinal)),
    ];

    internal static async Task<bool> ListensAsync(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path, Encoding.Latin1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
