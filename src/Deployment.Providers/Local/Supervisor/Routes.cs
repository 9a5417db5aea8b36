using System.Collections.Immutable;
using System.Net;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router.Tls;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Switches traffic, and waits until what lost its share has finished.</summary>
internal sealed class Routes(StateFolder folder, StateStore store, RouterKeeper routers, TimeProvider timeProvider)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public async Task<RouteAnswer> RouteAsync(string target, RouteRequest request, long epoch, CancellationToken cancellationToken)
    {
        Check(target, request);
        RouteTable? old = RouteTables.Read(folder, store.Current, target);
        RouteTable table = TableOf(target, request, epoch, (old?.Generation ?? 0) + 1);
        if (old is not null && table.RoutesLike(old) && routers.IsKept(target))
        {
            // Also when nothing changes: the router may be another one, or lag behind the file.
            table = old;
        }
        else
        {
            store.Update(state => (state.Targets.GetValueOrDefault(target) ?? (state.Targets[target] = new TargetState { Application = request.Application! })).Router
                ??= new RouterState { Port = request.Port });
            RouteTables.Write(folder, table);
        }

        await (routers.IsKept(target) ? routers.SwitchAsync(table, cancellationToken) : routers.StartAsync(target, table, cancellationToken));
        return await DrainAsync(table, TimeSpan.FromSeconds(request.DrainSeconds), cancellationToken);
    }

    private static IEnumerable<string> Problems(RouteRequest request)
    {
        // An explicit null gets past the reader's nullable annotations.
        if (request.Split is null || request.Address is null)
        {
            yield return "The split and the address can't be null.";
            yield break;
        }

        if (request.Port is < 1 or > 65535)
        {
            yield return $"{request.Port} is not a port.";
        }

        if (!IPAddress.TryParse(request.Address, out _))
        {
            yield return $"'{Releases.Naming.Printable(request.Address)}' is not an IP address.";
        }

        if (request.Split.Values.Any(percent => percent is < 1 or > 100) || request.Split.Values.Sum() is not (0 or 100))
        {
            yield return "The shares must be 1 to 100 and add up to 100, or be none at all.";
        }

        if (request.DrainSeconds is not (>= 0 and <= 86_400))
        {
            yield return "The time to drain must be 0 to 86400 seconds.";
        }

        foreach (string problem in (request.Router?.Problems() ?? []).Concat(request.Upstream?.Problems() ?? []))
        {
            yield return problem;
        }
    }

    private void Check(string target, RouteRequest request)
    {
        if (string.Join(' ', Problems(request)) is { Length: > 0 } problems)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, problems);
        }

        SupervisorState state = store.Current;
        TargetState? present = state.Targets.GetValueOrDefault(target);
        if (present is not null && present.Application != request.Application)
        {
            throw Refused($"The target {target} runs the application {present.Application}, not {request.Application}.");
        }

        if (present?.Router is { } router && router.Port != request.Port)
        {
            throw Refused($"The router of {target} listens on port {router.Port}; clear the target before it takes port {request.Port}.");
        }

        if (state.Targets.FirstOrDefault(other => other.Key != target && other.Value.Router?.Port == request.Port) is { Key: { } holder })
        {
            throw Refused($"Port {request.Port} belongs to the target {holder}.");
        }

        if (RouteTables.Read(folder, state, target) is { } table && table.Address != request.Address)
        {
            throw Refused($"The router of {target} listens on {table.Address}; clear the target before it takes {request.Address}.");
        }

        if (RouteTables.Read(folder, state, target) is { } running && (running.Router ?? RouterSettings.Default).Keeps(request.Router ?? RouterSettings.Default) is { } change)
        {
            throw Refused($"The router of {target} listens already. {change}");
        }

        if (string.Join(' ', CertificateLoader.Problems(request.Router ?? RouterSettings.Default)) is { Length: > 0 } certificates)
        {
            throw Refused(certificates);
        }

        foreach (string revision in request.Split.Keys.Where(id => present?.Revisions.GetValueOrDefault(id)?.Installed != true))
        {
            throw Refused($"{Releases.Naming.Printable(revision)} is not installed on {target}.");
        }
    }

    private static RefusedException Refused(string sentence) => new(StatusCodes.Status409Conflict, sentence);

    private RouteTable TableOf(string target, RouteRequest request, long epoch, long generation) => new()
    {
        Generation = generation,
        Epoch = epoch,
        Target = target,
        Application = request.Application!,
        Address = request.Address,
        Port = request.Port,
        Router = request.Router,
        Revisions = request.Split.ToImmutableSortedDictionary(
            share => share.Key,
            share => new RouteEntry(share.Value, [.. store.Current.Revision(target, share.Key)!.Instances.OrderBy(instance => instance.Slot).Select(instance => instance.Port)]) { Upstream = request.Upstream },
            StringComparer.Ordinal),
    };

    private async Task<RouteAnswer> DrainAsync(RouteTable table, TimeSpan limit, CancellationToken cancellationToken)
    {
        long begin = timeProvider.GetTimestamp();
        while (true)
        {
            // A router that started meanwhile has nothing in flight on anything old.
            RouterStatus? status = await RouterClient.StatusAsync(folder, table.Port, cancellationToken);
            ImmutableSortedDictionary<string, long> left = status?.Draining() ?? ImmutableSortedDictionary<string, long>.Empty;
            if ((status is not null && left.IsEmpty) || timeProvider.GetElapsedTime(begin) >= limit)
            {
                return new RouteAnswer(table.Generation, status is not null && left.IsEmpty, left);
            }

            await Task.Delay(Look, timeProvider, cancellationToken);
        }
    }
}
