using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>Carries bytes both ways between a client and an instance until both have ended, or somebody cuts it.</summary>
internal sealed class WebSocketTunnel(HttpContext context, InstanceConnection connection)
{
    private const int Piece = 4 * 1024;
    private volatile bool _cut;

    /// <summary>Whether <see cref="Cut"/> ended it.</summary>
    public bool WasCut => _cut;

    public void Cut()
    {
        _cut = true;
        // The client's side first: once the instance's is gone the request may end at any moment, and can't be asked for anything then.
        context.Abort();
        connection.Abort();
    }

    public async Task RunAsync()
    {
        // What the router said by itself stays valid: the handshake's headers stand in the answer.
        using CancellationTokenRegistration left = context.RequestAborted.UnsafeRegister(static connection => ((InstanceConnection)connection!).Abort(), connection);
        try
        {
            Stream client = await OpenAsync();
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            Task up = UpAsync(client, ended.Token);
            await DownAsync(client);
            // The instance has ended: what the client may still say has no listener. What it has been sent arrives.
            connection.Abort();
            await ended.CancelAsync();
            await up;
        }
        catch (Exception error) when (Http1Exchange.IsEnd(error))
        {
            connection.Abort();
            context.Abort();
        }
    }

    private async ValueTask<Stream> OpenAsync()
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return await connect.AcceptAsync();
        }

        context.Response.Headers.Upgrade = WebSocketRequest.Protocol;
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    private async Task UpAsync(Stream client, CancellationToken ended)
    {
        try
        {
            byte[] piece = new byte[Piece];
            int read;
            while ((read = await client.ReadAsync(piece, ended)) > 0)
            {
                await connection.SendAsync(piece.AsMemory(0, read));
            }

            connection.FinishSending();
        }
        catch (Exception error) when (Http1Exchange.IsEnd(error))
        {
            // Without its client the instance has nobody to talk to.
            connection.Abort();
        }
    }

    private async Task DownAsync(Stream client)
    {
        while (true)
        {
            if (!connection.Unread.IsEmpty)
            {
                await client.WriteAsync(connection.Unread);
                connection.Consume(connection.Unread.Length);
                await client.FlushAsync();
            }

            if (!await connection.FillAsync())
            {
                return;
            }
        }
    }
}
