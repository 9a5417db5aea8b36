using System.Collections.Immutable;
using System.Globalization;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router.Tls;
using Deployment.Providers.Local.Supervisor;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local;

/// <summary>Looks at a target through its files and the system's processes, and starts nothing.</summary>
internal static class LocalObservation
{
    public static Observation Of(string target, int port, StateFolder folder, RouterSettings router)
    {
        if (OperatingSystem.IsWindows())
        {
            return new Observation { Target = target, Problems = [LocalTarget.WindowsProblem] };
        }

        SupervisorState? state = StateStore.Read(folder);
        TargetStatus? seen = state is null ? null : StatusReader.Target(folder, state, target);
        return new Observation
        {
            Target = target,
            Revisions = [.. (seen?.Revisions ?? Nothing<RevisionStatus>()).Where(entry => entry.Value is { Installed: true, Running: > 0 }).Select(entry => Of(entry.Key, entry.Value))],
            Traffic = new TrafficSplit((seen?.Traffic ?? Nothing<int>()).Select(share => KeyValuePair.Create(RevisionId.Parse(share.Key), share.Value))),
            Properties = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
            [
                KeyValuePair.Create("port", port.ToString(CultureInfo.InvariantCulture)),
                KeyValuePair.Create("stateFolder", folder.Path),
            ]),
            Problems = [.. Problems(target, port, state, seen), .. CertificateLoader.Problems(router)],
        };
    }

    private static ImmutableSortedDictionary<string, T> Nothing<T>() => ImmutableSortedDictionary<string, T>.Empty;

    private static ObservedRevision Of(string id, RevisionStatus revision) => new(
        RevisionId.Parse(id),
        revision.Running,
        [.. revision.Instances.Where(instance => instance.Running).Select(instance => new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", instance.Port).Uri)]);

    private static IEnumerable<string> Problems(string target, int port, SupervisorState? state, TargetStatus? seen)
    {
        if (state?.Targets.FirstOrDefault(other => other.Key != target && other.Value.Router?.Port == port) is { Key: { } holder })
        {
            yield return $"Port {port} belongs to the target {holder} in the same state folder. Take another port, or clear that target.";
        }
        else if (seen?.Port is { } other && other != port)
        {
            yield return $"{target} listens on port {other} already. Give the target of port {port} another name, or clear this one first.";
        }
        else if (seen?.RouterProcessId is null && PortOwner.Describe(port) is { } owner)
        {
            yield return $"Port {port} is in use by {owner}. Stop it, or take another port.";
        }
    }
}
