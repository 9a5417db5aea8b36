using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router.Tls;
using Deployment.Releases;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Whether a target may be routed as is asked for.</summary>
internal sealed class RouteChecks(StateFolder folder, SupervisorState state)
{
    /// <summary>Whether the request can be understood and is the application's.</summary>
    /// <exception cref="RefusedException">It can't, or isn't.</exception>
    public void CheckRequest(string target, RouteRequest request)
    {
        if (string.Join(' ', request.Problems()) is { Length: > 0 } problems)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, problems);
        }

        if (state.Targets.GetValueOrDefault(target) is { } present && present.Application != request.Application)
        {
            throw Refused($"The target {target} runs the application {present.Application}, not {request.Application}.");
        }
    }

    /// <summary>Whether the target can be routed so, beside what stands.</summary>
    /// <param name="target">The target.</param>
    /// <param name="request">The request, completed.</param>
    /// <exception cref="RefusedException">It can't.</exception>
    public void Check(string target, RouteRequest request)
    {
        TargetState? present = state.Targets.GetValueOrDefault(target);
        if (request.Split.Keys.Any(id => present?.Revisions.GetValueOrDefault(id)?.Request.Worker is not null) || present?.Duty is not null)
        {
            throw Refused($"The target {target} runs workers, which have no port to route to.");
        }

        if (present?.Port is { } port && port != request.Port)
        {
            throw Refused($"The router of {target} listens on port {port}; clear the target before it takes port {request.Port}.");
        }

        if (RouteTables.Read(folder, state, target) is { } own && own.Address != request.Address)
        {
            throw Refused($"The router of {target} listens on {own.Address}; clear the target before it takes {request.Address}.");
        }

        if (string.Join(' ', CertificateLoader.Problems(request.Router ?? RouterSettings.Default)) is { Length: > 0 } certificates)
        {
            throw Refused(certificates);
        }

        foreach (RouteTable other in state.Targets.Keys.Where(name => name != target).Select(name => RouteTables.Read(folder, state, name)).OfType<RouteTable>())
        {
            CheckNeighbour(target, request, other);
        }

        if (request.Preview is not null && (request.Router?.PreviewPort is null || request.Split.ContainsKey(request.Preview)))
        {
            throw Refused(request.Router?.PreviewPort is null
                ? $"The router of port {request.Port} has no preview port to serve {Naming.Printable(request.Preview)} on: set PreviewPort."
                : $"{Naming.Printable(request.Preview)} has users on {target} and can't be previewed.");
        }

        foreach (string revision in request.Split.Keys.Concat(request.Preview is { } preview ? [preview] : []).Where(id => present?.Revisions.GetValueOrDefault(id)?.Installed != true))
        {
            throw Refused($"{Naming.Printable(revision)} is not installed on {target}.");
        }
    }

    /// <summary>One sentence when two targets of one port can't both have what they ask for.</summary>
    /// <param name="target">The one that asks.</param>
    /// <param name="rules">Its rules.</param>
    /// <param name="router">How its router is to speak to clients.</param>
    /// <param name="other">The other one.</param>
    public static string? Conflict(string target, SiteRules rules, RouterSettings? router, RouteTable other) => SiteNames.Overlap(rules, other.Rules) is { } overlap
        ? $"The target {other.Target} answers {overlap} on port {other.Port} already, and {target} would, too. Give them different Hosts or PathPrefix, or another port to one of them."
        : !RouterSettings.Same(router, other.Router)
        ? $"The target {other.Target} listens on port {other.Port}, too, with other Router options, and what clients see belongs to the port. Give both the same ones; to change them, clear all targets of the port but one first."
        : null;

    private static void CheckNeighbour(string target, RouteRequest request, RouteTable other)
    {
        if (other.Port != request.Port)
        {
            return;
        }

        if (other.Address != request.Address)
        {
            throw Refused($"The router of port {request.Port} listens on {other.Address} for the target {other.Target}, so {target} can't have it on {request.Address}. Give both the same Address.");
        }

        if (Conflict(target, request.Rules!, request.Router, other) is { } conflict)
        {
            throw Refused(conflict);
        }
    }

    private static RefusedException Refused(string sentence) => new(StatusCodes.Status409Conflict, sentence);
}
