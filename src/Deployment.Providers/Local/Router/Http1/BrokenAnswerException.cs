namespace Deployment.Providers.Local.Router.Http1;

/// <summary>An instance's answer is not HTTP/1.1, or ended too early.</summary>
internal sealed class BrokenAnswerException(string message) : IOException(message);
