using System.Globalization;
using System.Text;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Says in text what a plan would change; long lists are folded.</summary>
internal static class SitePlanText
{
    private const int MostShown = 20;

    public static string Of(SitePlan plan)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{plan.Revision}: {Files(plan.Moves.Count)} to store ({Bytes(plan.Bytes)}), {plan.Stays.Count:N0} as they are, {Files(plan.Removals.Count)} to remove\n");
        SiteMove[] uploads = [.. plan.Moves.Where(move => move.Item.Copy is null)];
        List(text, "upload new", uploads.Where(move => move.Before is null).Select(Line));
        List(text, "upload changed", uploads.Where(move => move.Before is not null && !move.IsForeign).Select(Line));
        List(text, "overwrite what somebody else stored", uploads.Where(move => move.IsForeign).Select(Line));
        List(text, "copy in the bucket", plan.Moves.Where(move => move.Item.Copy is not null).Select(Line));
        List(text, "keep for pages that were opened before", plan.Stays.Where(file => file.Value.Age > 0).Select(file => file.Key).Order(KeyOrder.Instance));
        List(text, "remove, after the switch", plan.Removals);
        List(text, "leave, since somebody else changed it", plan.Left);
        if (plan.Problem is not null)
        {
            text.Append("refused: ").Append(plan.Problem).Append('\n');
        }

        return text.ToString();
    }

    private static void List(StringBuilder text, string title, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        if (all.Length == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"{title} ({all.Length:N0}):\n");
        foreach (string line in all.Take(MostShown))
        {
            text.Append("  ").Append(Naming.PrintableUpTo(line, SiteKeys.Longest)).Append('\n');
        }

        if (all.Length > MostShown)
        {
            text.Append(CultureInfo.InvariantCulture, $"  and {all.Length - MostShown:N0} more\n");
        }
    }

    private static string Line(SiteMove move) => $"{move.Item.Key} ({Bytes(move.Item.Size)}, {move.Item.Headers.Type}, {move.Item.Headers.Cache}{(move.Item.Headers.Encoding is { } encoding ? $", {encoding}" : "")})";

    private static string Files(int count) => count == 1 ? "1 file" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} files");

    private static string Bytes(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:F1} KiB"),
        < 1024 * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):F1} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):F1} GiB"),
    };
}
