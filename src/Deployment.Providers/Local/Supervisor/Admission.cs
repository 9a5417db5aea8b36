namespace Deployment.Providers.Local.Supervisor;

/// <summary>A mutation that may act: the only one of its application until it is disposed.</summary>
internal sealed class Admission(Epochs epochs, string application, long epoch, CancellationTokenSource source) : IDisposable
{
    public string Application { get; } = application;

    public long Epoch { get; } = epoch;

    /// <summary>Cancelled when the client leaves, and when a newer epoch takes over.</summary>
    public CancellationToken Token { get; } = source.Token;

    internal CancellationTokenSource Source { get; } = source;

    public void Dispose()
    {
        epochs.Leave(this);
        Source.Dispose();
    }
}
