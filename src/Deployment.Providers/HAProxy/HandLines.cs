using System.Globalization;
using System.Text;
using Deployment.Commands;
using Deployment.Providers.HAProxy.Files;
using Deployment.Providers.HAProxy.Runtime;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Providers.HAProxy;

/// <summary>What a person types for the same. The site's script does it: it stands in the folder, and needs a shell, awk and socat.</summary>
internal sealed class HandLines(HAProxyOptions options, SitePaths paths, RuntimeAddress address)
{
    public IReadOnlyList<Prerequisite> Prerequisites { get; } =
    [
        new($"The commands of HAProxy work where the folder {paths.Folder} is, as a user who may write there and use its socket ({address.Text}). They need awk and socat.", [Show(paths)]),
    ];

    public IReadOnlyList<string> Route(TrafficSplit split, IReadOnlyList<RevisionId> reachable, RevisionId? preview, Func<RevisionId, string> addresses)
    {
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(reachable);
        ArgumentNullException.ThrowIfNull(addresses);
        RevisionId[] revisions = [.. split.Shares.Select(share => share.Key).Concat(reachable).Distinct()];
        string shares = string.Concat(revisions.Select(revision => string.Create(CultureInfo.InvariantCulture, $" {revision}={split.ShareOf(revision)}")));
        string shown = preview is null ? "" : $" preview={preview}";
        return revisions.Length == 0
            ? [$"sh {paths.Script} route </dev/null"]
            : [$"{{ {string.Join(" ", revisions.Select(revision => $"{{ {addresses(revision)}; }} | sed 's/^/{revision} /';"))} }} | sh {paths.Script} route{shares}{shown}"];
    }

    public IReadOnlyList<string> Show() => [Show(paths)];

    public IReadOnlyList<string> Maintenance(MaintenancePage? page) => page is null
        ? [$"sh {paths.Script} serve"]
        : [string.Create(CultureInfo.InvariantCulture, $"printf %s {Convert.ToBase64String(Encoding.UTF8.GetBytes(page.Html))} | sh {paths.Script} maintain {(int)page.RetryAfter.TotalSeconds}")];

    public IReadOnlyList<string> Tester(RevisionId revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        string asTester = options.TesterHeader is { } header ? $"-H '{header}: {revision}'"
            : options.TesterCookie is { } cookie ? $"--cookie {cookie}={revision}"
            : throw new InvalidOperationException($"The site {options.Site} takes no testers: set {nameof(HAProxyOptions.TesterHeader)} or {nameof(HAProxyOptions.TesterCookie)}.");
        return [$"curl -sS -i {asTester} {CommandLine.Quote(BindAddress.TryParse(options.Bind)!.Address(options.Certificate is not null).AbsoluteUri)}"];
    }

    private static string Show(SitePaths paths) => $"sh {paths.Script} show";
}
