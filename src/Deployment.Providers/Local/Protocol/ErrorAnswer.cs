namespace Deployment.Providers.Local.Protocol;

/// <summary>Why a request to a control socket was refused or failed.</summary>
internal sealed record ErrorAnswer(string Error);
