using System.Globalization;
using System.Reflection;
using Deployment.Providers.HAProxy.Runtime;

namespace Deployment.Providers.HAProxy.Files;

/// <summary>The scripts of a site, which the assembly has as texts with words to fill in. What is filled in was checked with the options.</summary>
internal static class Scripts
{
    public static string Lua(string site, SitePaths paths) => Text("maintenance.lua").Replace("@SITE@", site, StringComparison.Ordinal).Replace("@MAP@", paths.Map, StringComparison.Ordinal);

    public static string ByHand(HAProxyOptions options, RuntimeAddress address, SitePaths paths, int servers) => new (string Word, string Value)[]
    {
        ("@AWK@", Text("by-hand.awk").TrimEnd()),
        ("@SITE@", options.Site),
        ("@FOLDER@", paths.Folder),
        ("@SOCKET@", address.Socat),
        ("@LANES@", Number(options.Lanes)),
        ("@SERVERS@", Number(servers)),
        ("@DRAIN@", Number((long)Math.Ceiling(options.DrainDeadline.TotalSeconds))),
    }.Aggregate(Text("by-hand.sh"), (text, pair) => text.Replace(pair.Word, pair.Value, StringComparison.Ordinal));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The assembly has no {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
