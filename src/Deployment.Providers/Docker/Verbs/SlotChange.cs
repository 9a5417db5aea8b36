using Deployment.Providers.Docker.Containers;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>Empties slots and fills them, with the requests going elsewhere meanwhile.</summary>
internal sealed class SlotChange(DockerOperations docker, SlotTraffic traffic)
{
    /// <summary>Puts a revision into slots. What has it already stays as it is.</summary>
    public async Task FillAsync(IReadOnlyList<string> slots, RevisionId revision, ContainerSpec spec, EffectContext context, CancellationToken cancellationToken)
    {
        await docker.FenceAsync(revision.Application, context, cancellationToken);
        SlotTable? serving = await traffic.ServingAsync(cancellationToken);
        // Where nothing else would serve, the new containers start beside the old ones: users come before the memory of a moment.
        if (serving is not null && serving.Without([.. slots]).Count == 0)
        {
            await docker.StartAsync(revision, spec, slots, context, cancellationToken);
            await KeepAsync(slots, revision, context, cancellationToken);
            await traffic.ApplyAsync(SlotTable.Empty.With([.. slots], revision), context, cancellationToken);
            await StopAsync(slots, revision, context, cancellationToken);
        }
        else
        {
            string[] filled = [.. slots.Where(slot => serving?.In(slot) != revision)];
            await docker.CreateAsync(revision, spec, slots, context, cancellationToken);
            await LeaveAsync(serving, filled, context, cancellationToken);
            await StopAsync(slots, revision, context, cancellationToken);
            await docker.StartAsync(revision, spec, slots, context, cancellationToken);
            // Before it has users: from then on it must come back by itself.
            await KeepAsync(slots, revision, context, cancellationToken);
            if (serving is not null)
            {
                await traffic.ApplyAsync(serving.With([.. slots], revision), context, cancellationToken);
            }
        }
    }

    /// <summary>Empties slots.</summary>
    public async Task EmptyAsync(IReadOnlyList<string> slots, EffectContext context, CancellationToken cancellationToken)
    {
        await docker.FenceAsync(null, context, cancellationToken);
        await LeaveAsync(await traffic.ServingAsync(cancellationToken), slots, context, cancellationToken);
        await StopAsync(slots, null, context, cancellationToken);
    }

    /// <summary>Null when the router sends requests to the revision in these slots, or to nothing there, and its containers are well.</summary>
    public async Task<string?> VerifyAsync(IReadOnlyList<string> slots, RevisionId? revision, ContainerSpec? spec, EffectContext context, CancellationToken cancellationToken)
    {
        if (await traffic.ServingAsync(cancellationToken) is { } serving && slots.FirstOrDefault(slot => serving.In(slot) != revision) is { } wrong)
        {
            return $"{serving.In(wrong)?.ToString() ?? "Nothing"} answers in slot {wrong} of {docker.Target}.";
        }

        if ((await docker.LookAsync(context, cancellationToken)).FirstOrDefault(container => slots.Contains(container.Slot) && container.Revision != revision && container.Stands) is { } other)
        {
            return $"The container {other.Name} of {other.Revision} still runs in slot {other.Slot} on {other.Host.Name}.";
        }

        return revision is null ? null : await docker.VerifyAsync(revision, spec!, slots, context, cancellationToken);
    }

    private async Task LeaveAsync(SlotTable? serving, IReadOnlyList<string> slots, EffectContext context, CancellationToken cancellationToken)
    {
        if (serving is not null && slots.Any(slot => serving.In(slot) is not null))
        {
            await traffic.ApplyAsync(serving.Without([.. slots]), context, cancellationToken);
        }
    }

    private async Task StopAsync(IReadOnlyList<string> slots, RevisionId? except, EffectContext context, CancellationToken cancellationToken) =>
        await docker.StopAsync(
            (await docker.LookAsync(context, cancellationToken)).Where(container => slots.Contains(container.Slot) && container.Revision != except && container.Stands), context, cancellationToken);

    private Task KeepAsync(IReadOnlyList<string> slots, RevisionId revision, EffectContext context, CancellationToken cancellationToken) =>
        docker.KeepAsync(container => container.Restart != "no" || (container.Revision == revision && slots.Contains(container.Slot)), context, cancellationToken);
}
