using System.Collections.Immutable;
using System.Globalization;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>What the verbs of one target share that fill and empty its slots.</summary>
internal sealed class SlotOperations(LocalOperations local)
{
    private const int LongestNames = 40;

    /// <summary>The numbers of slots.</summary>
    /// <exception cref="DeploymentException">One is no slot of a local target.</exception>
    public static ImmutableArray<int> Numbers(IReadOnlyList<string> slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        return [.. slots.Select(slot => int.TryParse(slot, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= SlotsRequest.Most
            ? number
            : throw new DeploymentException($"'{Naming.Printable(slot)}' is no slot of a local target: those are the numbers from 1 to {SlotsRequest.Most}."))];
    }

    public static string Words(ImmutableArray<int> slots) =>
        string.Join(", ", slots) is { Length: <= LongestNames } names ? $"{(slots.Length == 1 ? "slot" : "slots")} {names}" : $"{slots.Length} slots";

    public SlotsRequest RequestOf(ReplaceArguments arguments) => RequestOf(arguments.Slots) with { Revision = arguments.Install.Revision.ToString(), Run = arguments.Install.Run };

    public SlotsRequest RequestOf(ImmutableArray<int> slots) => new() { Slots = slots, Route = local.SlotsRoute() };

    public async Task ChangeAsync(SupervisorClient client, SlotsRequest request, string application, EffectContext context, CancellationToken cancellationToken)
    {
        RouteAnswer answer = await client.SlotsAsync(local.Target, request, application, context.Epoch, cancellationToken);
        if (!answer.Drained)
        {
            context.Report($"The drain deadline passed with requests in flight: {string.Join(", ", answer.Unfinished.Select(left => $"{left.Value} on {left.Key}"))}. They {(answer.Cut ? "were broken off" : "had until the instance ended, at most its grace")}.");
        }
    }

    /// <summary>Null when the router itself says that a revision is in the slots, or nothing, and what is there runs and accepts connections.</summary>
    public async Task<string?> VerifyAsync(ImmutableArray<int> slots, RevisionId? revision, CancellationToken cancellationToken)
    {
        if (await RouterClient.StatusAsync(local.Folder.RouterSocket(local.Port), local.Target, cancellationToken) is not { } router)
        {
            return revision is null && local.Look()?.Port is null ? null : $"The router of port {local.Port} does not answer. See {local.Folder.RouterLog(local.Port)}.";
        }

        ImmutableSortedDictionary<int, string> held = router.Table.Slots;
        foreach (int slot in slots)
        {
            string? holder = held.GetValueOrDefault(slot);
            if (holder != revision?.ToString())
            {
                return $"{holder ?? "Nothing"} is in slot {slot} of {local.Target}.";
            }

            if (revision is not null && await ProblemAsync(slot, revision, cancellationToken) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private async Task<string?> ProblemAsync(int slot, RevisionId revision, CancellationToken cancellationToken)
    {
        InstanceStatus? instance = local.Look()?.Revisions.GetValueOrDefault(revision.ToString())?.Instances.FirstOrDefault(instance => instance.Slot == slot);
        return instance is { Running: true } && await InstanceReadiness.AcceptsAsync(instance.Port, cancellationToken)
            ? null
            : $"Instance {slot} of {revision} does not {(instance is { Running: true } ? $"listen on port {instance.Port}" : "run")}. See {instance?.Log ?? local.Folder.SupervisorLog}.";
    }
}
