namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>A connection of some protocol that neither repeats a request nor connects again. How many requests it bears at once is the protocol's matter.</summary>
internal interface ILoadConnection : IDisposable
{
    /// <exception cref="IOException">The connection broke before the answer was whole.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">It was reset.</exception>
    Task<LoadAnswer> SendAsync(LoadRequest request);

    /// <summary>Ends the connection as its protocol says, when all requests have been answered.</summary>
    /// <exception cref="IOException">The other side did not end it so.</exception>
    Task FinishAsync() => Task.CompletedTask;
}
