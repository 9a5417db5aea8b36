using System.Net;
using System.Net.Sockets;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Whether a router can have its preview port. Found out before its table is written: a router that can't listen would not come back.</summary>
internal static class PreviewPorts
{
    // A router that retires, and whoever kept its sockets, let go of them a moment after the next one serves.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>The request as the router can follow it. A port that is only for tests must hold up no users: where nothing is to be previewed, the present one stays.</summary>
    /// <param name="request">The request.</param>
    /// <param name="present">The preview port that the router listens on already; null for none.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusedException">A revision is to be previewed where nobody can listen.</exception>
    public static async Task<RouteRequest> FitAsync(RouteRequest request, int? present, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (request.Router?.PreviewPort is not { } wanted || wanted == present)
        {
            return request;
        }

        long begin = timeProvider.GetTimestamp();
        while (Problem(request.Address, wanted) is { } problem)
        {
            if (request.Preview is null)
            {
                return request with { Router = request.Router with { PreviewPort = present } };
            }

            if (timeProvider.GetElapsedTime(begin) >= Patience)
            {
                throw new RefusedException(StatusCodes.Status409Conflict, problem);
            }

            await Task.Delay(Look, timeProvider, cancellationToken);
        }

        return request;
    }

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
