using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>One request on one connection to an instance.</summary>
internal sealed class Http1Exchange
{
    // An instance that doesn't know of expectations waits for the body and never says so (RFC 9110, 10.1.1).
    private static readonly TimeSpan ContinueLimit = TimeSpan.FromSeconds(1);

    private readonly HttpContext _context;
    private readonly Lane _lane;
    private readonly RequestShape _shape;
    private readonly bool _withholdNotFound;
    private readonly TimeProvider _timeProvider;
    private readonly RequestSender _sender;
    private string? _webSocketKey;
    private bool _keeps;

    public Http1Exchange(HttpContext context, Lane lane, RequestShape shape, InstanceConnection connection, bool withholdNotFound, TimeProvider timeProvider)
    {
        _context = context;
        _lane = lane;
        _shape = shape;
        _withholdNotFound = withholdNotFound;
        _timeProvider = timeProvider;
        Connection = connection;
        double limit = lane.Upstream.ResponseSeconds;
        _sender = new RequestSender(context, shape, connection, limit == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(limit));
    }

    public InstanceConnection Connection { get; }

    /// <summary>Whether the instance said anything at all.</summary>
    public bool Heard { get; private set; }

    public bool TimedOut => Connection.TimedOut;

    /// <summary>Whether the connection can carry the next request.</summary>
    public bool MayGoOn => _keeps && _sender.Sent && Connection.IsQuiet;

    public async ValueTask<ForwardResult> RunAsync()
    {
        using CancellationTokenRegistration left = _context.RequestAborted.UnsafeRegister(static connection => ((InstanceConnection)connection!).Abort(), Connection);
        try
        {
            return await ExchangeAsync();
        }
        catch (Exception error) when (IsEnd(error))
        {
            return Failure();
        }
        finally
        {
            await _sender.EndAsync();
        }
    }

    public static bool IsEnd(Exception error) =>
        error is SocketException or ObjectDisposedException or IOException or OperationCanceledException or InvalidOperationException;

    private async ValueTask<ForwardResult> ExchangeAsync()
    {
        _webSocketKey = _shape.WebSocket == WebSocketKind.ExtendedConnect ? WebSocketRequest.NewKey() : null;
        if (!RequestHead.Write(_context, _shape, _webSocketKey, Connection.Out))
        {
            return RequestRules.Refuse(_context);
        }

        await _sender.SendHeadAsync();
        using (_shape.Expects ? _timeProvider.CreateTimer(_ => _sender.Begin(), null, ContinueLimit, Timeout.InfiniteTimeSpan) : null)
        {
            AnswerPlan plan = await HeadAsync();
            bool forgone = _shape.HasBody && _sender.Forgo();
            return plan.Status == StatusCodes.Status101SwitchingProtocols ? Upgrade()
                : plan.Status == StatusCodes.Status404NotFound && _withholdNotFound ? Withhold(plan)
                : await AnswerAsync(plan, forgone);
        }
    }

    // Answers before the final one belong to this connection. The one that matters gives leave to send the body.
    private async ValueTask<AnswerPlan> HeadAsync()
    {
        while (true)
        {
            AnswerPlan? plan;
            while ((plan = AnswerPlan.TryTake(Connection, _context, _shape.WebSocket)) is null)
            {
                if (!await Connection.FillAsync())
                {
                    throw new BrokenAnswerException("The instance closed the connection and answered nothing.");
                }

                Heard = true;
            }

            if (plan.Value.Status == StatusCodes.Status100Continue)
            {
                _sender.Begin();
            }
            else if (plan.Value.Status is StatusCodes.Status101SwitchingProtocols or >= 200)
            {
                _sender.Answered();
                return plan.Value;
            }
        }
    }

    // What of the body has come already is skipped; for the rest a new connection costs less than to wait.
    private ForwardResult Withhold(AnswerPlan plan)
    {
        _context.Response.Clear();
        bool whole = plan.Kind == AnswerBodyKind.None || (plan.Kind == AnswerBodyKind.Length && plan.Length <= Connection.Unread.Length);
        if (whole && plan.Kind == AnswerBodyKind.Length)
        {
            Connection.Consume((int)plan.Length);
        }

        _keeps = plan.Keeps && whole;
        return ForwardOutcome.NotFound;
    }

    private async ValueTask<ForwardResult> AnswerAsync(AnswerPlan plan, bool forgone)
    {
        if (forgone && _shape.Expects && Microsoft.AspNetCore.Http.HttpProtocol.IsHttp11(_context.Request.Protocol))
        {
            // The client may or may not send the body that nobody asked for; only the end of the connection makes that no matter.
            _context.Response.Headers.Connection = "close";
        }

        try
        {
            var sink = new AnswerSink(_context, plan.Framed);
            var body = new AnswerBody(Connection, sink, _context.RequestAborted);
            await (plan.Kind switch
            {
                AnswerBodyKind.None => ValueTask.CompletedTask,
                AnswerBodyKind.Chunked => body.CopyChunksAsync(),
                AnswerBodyKind.Length => body.CopyAsync(plan.Length),
                _ => body.CopyToEndAsync(),
            });
            if (plan.Framed || _context.Response.HasStarted)
            {
                // Kestrel flushes what it has framed itself, and a whole short answer along with its head.
                await sink.FlushAsync(_context.RequestAborted);
            }

            _keeps = plan.Keeps;
            return ForwardOutcome.Answered;
        }
        catch (Exception error) when (IsEnd(error))
        {
            // Who failed decides: the request may not be known to be aborted yet.
            bool clientLeft = error is ClientGoneException || _context.RequestAborted.IsCancellationRequested || _sender.ClientFailure is not null;
            // An answer that ends early must not look like a whole one.
            _context.Abort();
            return clientLeft ? ForwardOutcome.ClientFailed : ForwardOutcome.CutOff;
        }
    }

    private ForwardResult Upgrade()
    {
        if (_shape.WebSocket == WebSocketKind.None)
        {
            throw new BrokenAnswerException("The instance changes to another protocol that nobody asked for.");
        }

        var socket = new WebSocketTunnel(_context, Connection);
        if (_webSocketKey is { } key)
        {
            string accept = _context.Response.Headers.SecWebSocketAccept.ToString();
            _context.Response.Headers.SecWebSocketAccept = default;
            if (accept != WebSocketRequest.AcceptOf(key))
            {
                throw new BrokenAnswerException("The instance does not speak web sockets.");
            }
        }

        return new ForwardResult(ForwardOutcome.Answered, (tunnels, instance) => tunnels.RunAsync(_lane, instance, socket));
    }

    private ForwardResult Failure()
    {
        if (_sender.ClientFailure is { } failure)
        {
            return RequestRules.Refuse(_context, failure is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status400BadRequest);
        }

        return _context.RequestAborted.IsCancellationRequested ? ForwardOutcome.ClientFailed
            : Connection.TimedOut ? ForwardOutcome.TimedOut
            : ForwardOutcome.NoAnswer;
    }
}
