namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>A connection of some protocol that sends one request at a time, and neither repeats one nor connects again.</summary>
internal interface ILoadConnection : IDisposable
{
    /// <exception cref="IOException">The connection broke before the answer was whole.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">It was reset.</exception>
    Task<LoadAnswer> SendAsync(LoadRequest request);
}
