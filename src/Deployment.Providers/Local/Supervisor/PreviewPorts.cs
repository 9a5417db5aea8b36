using System.Net;
using System.Net.Sockets;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Whether a router can have its preview port. One that can't have it serves without it.</summary>
internal static class PreviewPorts
{
    // A router that retires, and whoever kept its sockets, let go of them a moment after the next one serves.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Makes sure that what is to be previewed can be. Where nothing is, it doesn't matter who has the port: one that is only for tests must hold up no users.</summary>
    /// <param name="request">The request.</param>
    /// <param name="present">Asks what the port's router says of itself; null when none answers.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusedException">A revision is to be previewed where nobody can listen.</exception>
    public static async Task CheckAsync(RouteRequest request, Func<Task<RouterStatus?>> present, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (request is not { Preview: not null, Router.PreviewPort: { } wanted })
        {
            return;
        }

        long begin = timeProvider.GetTimestamp();
        while ((await present())?.PreviewPort != wanted && Problem(request.Address, wanted) is { } problem)
        {
            if (timeProvider.GetElapsedTime(begin) >= Patience)
            {
                throw new RefusedException(StatusCodes.Status409Conflict, problem);
            }

            await Task.Delay(Look, timeProvider, cancellationToken);
        }
    }

    /// <summary>Whether a router doesn't listen where it is to preview, and its successor could.</summary>
    public static bool Lacks(RouterStatus seen, RouteTable table) =>
        table is { Preview: not null, Router.PreviewPort: { } wanted } && seen.PreviewPort != wanted && Problem(table.Address, wanted) is null;

    private static string? Problem(string address, int port)
    {
        try
        {
            SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(IPAddress.Parse(address), port)).Dispose();
            return null;
        }
        catch (SocketException refused)
        {
            return $"The preview port {port} of {address} can't be had: {(PortOwner.Describe(port) is { } owner ? $"it is in use by {owner}" : refused.Message)}. Stop what listens, or take another PreviewPort.";
        }
    }
}
