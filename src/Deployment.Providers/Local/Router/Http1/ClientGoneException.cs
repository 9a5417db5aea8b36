namespace Deployment.Providers.Local.Router.Http1;

/// <summary>The client takes nothing of the answer any more.</summary>
internal sealed class ClientGoneException(Exception? inner = null) : IOException("The client takes nothing of the answer any more.", inner);
