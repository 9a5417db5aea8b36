namespace Deployment.Providers.Local.Router;

/// <summary>How forwarding one request ended.</summary>
internal enum ForwardOutcome
{
    /// <summary>The revision's answer went to the client whole.</summary>
    Answered,

    /// <summary>The instance answered 404 and the answer was withheld, as was asked for. The client has seen nothing.</summary>
    NotFound,

    /// <summary>The instance could not be connected to: it has seen nothing of the request, and the client nothing of an answer.</summary>
    NotConnected,

    /// <summary>The instance broke off before it answered; it may have acted on the request. The client has seen nothing.</summary>
    NoAnswer,

    /// <summary>The connection or the answer took too long. The client has seen nothing.</summary>
    TimedOut,

    /// <summary>The instance broke off in the middle of its answer; the client's connection was cut, because only that tells it.</summary>
    CutOff,

    /// <summary>The client went away or sent a broken request. It is not the revision's failure.</summary>
    ClientFailed,
}
