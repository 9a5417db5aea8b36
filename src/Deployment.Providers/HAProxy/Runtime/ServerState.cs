using System.Globalization;

namespace Deployment.Providers.HAProxy.Runtime;

/// <summary>How a server of HAProxy's stands.</summary>
internal sealed record ServerState(string Backend, string Server, string Address, int Port, int Admin)
{
    private const int ForcedMaintenance = 1;
    private const int ForcedDrain = 8;
    private static readonly string[] _columns = ["be_name", "srv_name", "srv_addr", "srv_port", "srv_admin_state"];

    public bool IsInMaintenance => (Admin & ForcedMaintenance) != 0;

    public bool IsReady => (Admin & (ForcedMaintenance | ForcedDrain)) == 0;

    /// <summary>Reads the answer of <c>show servers state</c>: a version, a line of names that begins with '#', and a line for each server.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<ServerState> Read(string answer)
    {
        string[] lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] names = [.. lines.Where(line => line.StartsWith("# ", StringComparison.Ordinal)).Take(1).SelectMany(line => line[2..].Split(' '))];
        int[] columns = [.. _columns.Select(name => Array.IndexOf(names, name))];
        return columns.Contains(-1)
            ? throw new FormatException("it has no servers' states")
            : [.. lines.SkipWhile(line => line[0] != '#').Skip(1).Select(line => line.Split(' ')).Select(values => Of(columns, values))];
    }

    private static ServerState Of(int[] columns, string[] values)
    {
        string[] picked = [.. columns.Select(column => column < values.Length ? values[column] : "")];
        return new ServerState(picked[0], picked[1], picked[2], Number(picked[3]), Number(picked[4]));
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw new FormatException($"'{text}' is no number");
}
