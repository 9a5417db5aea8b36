using System.Collections.Immutable;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Looks what runs: what the state says, and whether each process is there and really the one. Works without a supervisor as well.</summary>
internal static class StatusReader
{
    public static SupervisorStatus All(StateFolder folder, SupervisorState state) => new(
        SupervisorStatus.CurrentProtocol,
        Environment.ProcessId,
        folder.Path,
        state.Epochs.ToImmutableSortedDictionary(StringComparer.Ordinal),
        state.Targets.ToImmutableSortedDictionary(entry => entry.Key, entry => Of(folder, state, entry.Key, entry.Value), StringComparer.Ordinal));

    /// <summary>Null when nothing stands there.</summary>
    public static TargetStatus? Target(StateFolder folder, SupervisorState state, string target) =>
        state.Targets.GetValueOrDefault(target) is { } present ? Of(folder, state, target, present) : null;

    private static TargetStatus Of(StateFolder folder, SupervisorState state, string name, TargetState target)
    {
        RouteTable? table = RouteTables.Read(folder, state, name);
        return new TargetStatus
        {
            Application = target.Application,
            Port = target.Port,
            RouterProcessId = target.Port is { } port && state.Routers.GetValueOrDefault(port)?.Process is { } process && ProcessGroup.IsAlive(process) ? process.ProcessId : null,
            Generation = table?.Generation ?? 0,
            Rules = table?.Rules,
            Maintenance = table?.Maintenance is not null,
            Paused = table?.Pause is not null,
            Mirror = table?.Mirror,
            Traffic = target.Duty is { } duty
                ? ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create(duty, 100)])
                : table?.Revisions.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value.Percent, StringComparer.Ordinal)
                ?? ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal),
            Slots = Slots(target, table),
            Revisions = target.Revisions.ToImmutableSortedDictionary(entry => entry.Key, entry => Of(folder, name, entry.Key, entry.Value), StringComparer.Ordinal),
        };
    }

    // A revision that has all traffic has it in all of its slots.
    private static ImmutableSortedDictionary<int, string> Slots(TargetState target, RouteTable? table) =>
        table is { ByInstances: false, Revisions.Count: 1 } && table.Revisions.Keys.Single() is var only && target.Revisions.TryGetValue(only, out RevisionState? revision)
            ? revision.Instances.ToImmutableSortedDictionary(instance => instance.Slot, _ => only)
            : table?.Slots ?? ImmutableSortedDictionary<int, string>.Empty;

    private static RevisionStatus Of(StateFolder folder, string target, string id, RevisionState revision) => new(
        revision.Installed,
        [.. revision.Instances.OrderBy(instance => instance.Slot).Select(instance => new InstanceStatus(
            instance.Slot,
            instance.Port,
            instance.Process?.ProcessId,
            instance.Process is { } process && ProcessGroup.IsAlive(process),
            folder.Log(target, id, instance.Slot))
        {
            Restarts = instance.Restarts,
            LastExitCode = instance.LastExitCode,
            LastEnded = instance.LastEnded,
            CrashLooping = instance.EarlyEnds >= KeptProcess.CrashLoop,
        })])
    {
        Worker = revision.Request.Worker is not null,
        Wanted = revision.WantedSlots.Count(),
    };
}
