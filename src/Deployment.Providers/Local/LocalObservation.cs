using System.Collections.Immutable;
using System.Globalization;
using Deployment.Commands;
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
    public static Observation Of(string target, RouteRequest wanted, StateFolder folder, LocalProcessOptions options, int? previewedOn = null)
    {
        int port = wanted.Port;
        if (OperatingSystem.IsWindows())
        {
            return new Observation { Target = target, Problems = [LocalTarget.WindowsProblem] };
        }

        SupervisorState? state = StateStore.Read(folder);
        TargetStatus? seen = state is null ? null : StatusReader.Target(folder, state, target);
        return new Observation
        {
            Target = target,
            Revisions = [.. (seen?.Revisions ?? Nothing<RevisionStatus>()).Where(entry => Stands(entry.Value, state!.Revision(target, entry.Key)!)).Select(entry => Of(entry.Key, entry.Value))],
            Traffic = new TrafficSplit((seen?.Traffic ?? Nothing<int>()).Select(share => KeyValuePair.Create(RevisionId.Parse(share.Key), share.Value))),
            Slots = new SlotTable((seen?.Slots ?? ImmutableSortedDictionary<int, string>.Empty).Select(slot => KeyValuePair.Create(slot.Key.ToString(CultureInfo.InvariantCulture), RevisionId.Parse(slot.Value)))),
            Mirror = seen?.Mirror?.Mirror(),
            Epochs = state?.Epochs.ToImmutableSortedDictionary(StringComparer.Ordinal) ?? Nothing<long>(),
            Properties = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
            [
                KeyValuePair.Create("port", port == 0 ? "none" : port.ToString(CultureInfo.InvariantCulture)),
                KeyValuePair.Create("stateFolder", folder.Path),
                .. (seen?.Revisions ?? Nothing<RevisionStatus>()).SelectMany(entry => CrashLoops(entry.Key, entry.Value)),
            ]),
            Problems = [.. options is LocalInstancesOptions ? RoutedProblems(target, state, seen) : port == 0 ? WorkerProblems(target, seen) : Problems(target, wanted, folder, state, seen, previewedOn), .. CertificateLoader.Problems(wanted.Router ?? RouterSettings.Default), .. LimitProblems(folder, state, options)],
        };
    }

    private static ImmutableSortedDictionary<string, T> Nothing<T>() => ImmutableSortedDictionary<string, T>.Empty;

    // What is kept stands, also in the half minutes between two of its crashes: whether it does must not depend on the moment of the look. What ran
    // before the machine was started anew, and nobody has started again yet, doesn't.
    private static bool Stands(RevisionStatus seen, RevisionState revision) => seen is { Installed: true, Running: > 0 } or { Installed: true, Worker: true }
        || (seen.Installed && revision.Instances.Exists(instance => instance.Process is not { } process || process.Host == HostIdentity.Current));

    private static ObservedRevision Of(string id, RevisionStatus revision) => new(
        RevisionId.Parse(id),
        revision.Running,
        [.. revision.Instances.Where(instance => instance is { Running: true, Port: > 0 }).Select(instance => new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", instance.Port).Uri)]);

    // No problem of a deployment: another release may be just what mends it.
    private static IEnumerable<KeyValuePair<string, string>> CrashLoops(string id, RevisionStatus revision) => revision.Instances
        .Where(instance => instance.CrashLooping)
        .Select(instance => KeyValuePair.Create(
            string.Create(CultureInfo.InvariantCulture, $"crashLooping:{id}:{instance.Slot}"),
            string.Create(CultureInfo.InvariantCulture, $"started again {instance.Restarts} times, last exit code {instance.LastExitCode?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}; see {instance.Log}")));

    private static IEnumerable<string> WorkerProblems(string target, TargetStatus? seen)
    {
        if (seen?.Port is not null || seen?.Revisions.Values.Any(revision => !revision.Worker) == true)
        {
            yield return $"{target} has revisions with a port and can't have workers too. Give the workers another name.";
        }
    }

    private static IEnumerable<string> RoutedProblems(string target, SupervisorState? state, TargetStatus? seen)
    {
        if (seen?.Port is { } port)
        {
            yield return $"{target} is behind a router of its own on port {port} and can't have another. Give the target behind the other one another name, or clear this one first.";
        }
        else if (IsRoutedElsewhere(target, state, false))
        {
            yield return $"{target} has revisions without a port, or behind a router of its own. Give the target behind another router another name.";
        }
    }

    private static bool IsRoutedElsewhere(string target, SupervisorState? state, bool elsewhere) =>
        state?.Targets.GetValueOrDefault(target)?.Revisions.Values.Any(revision => revision.Request.FixedPort == elsewhere) == true;

    // A supervisor knows what it may do; where none ever ran, the first will be a child of this process.
    private static IEnumerable<string> LimitProblems(StateFolder folder, SupervisorState? state, LocalProcessOptions options)
    {
        if ((options.MemoryLimit is not null || options.CpuLimit is not null)
            && (state is null ? Cgroups.Find(folder).Problem : state.LimitsProblem) is { } problem)
        {
            yield return $"{problem} Or leave MemoryLimit and CpuLimit out.";
        }
    }

    private static IEnumerable<string> Problems(string target, RouteRequest wanted, StateFolder folder, SupervisorState? state, TargetStatus? seen, int? previewedOn)
    {
        int port = wanted.Port;
        RouteTable[] neighbours = state is null
            ? []
            : [.. state.Targets.Keys.Where(name => name != target).Select(name => RouteTables.Read(folder, state, name)).OfType<RouteTable>().Where(table => table.Port == port)];
        if (neighbours.Select(table => RouteChecks.Conflict(target, wanted.Rules!, wanted.Router, table)).OfType<string>().FirstOrDefault() is { } conflict)
        {
            yield return conflict;
        }
        else if (IsRoutedElsewhere(target, state, true))
        {
            yield return $"{target} is behind a router of another kind. Give the target of port {port} another name, or clear that one first.";
        }
        else if (seen?.Port is { } other && other != port)
        {
            yield return $"{target} listens on port {other} already. Give the target of port {port} another name, or clear this one first.";
        }
        else if (neighbours.Length == 0 && seen?.RouterProcessId is null && PortOwner.Describe(port) is { } owner)
        {
            yield return $"Port {port} is in use by {owner}. Stop it, or take another port.";
        }
        else if (wanted.Router?.PreviewPort is { } preview && preview != previewedOn && PortOwner.Describe(preview) is { } previewing)
        {
            yield return $"The preview port {preview} is in use by {previewing}. Stop it, or take another PreviewPort.";
        }
    }
}
