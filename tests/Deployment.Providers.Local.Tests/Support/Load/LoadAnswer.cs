namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>A whole answer.</summary>
/// <param name="Status">Its status; 0 for one that is not as its protocol says.</param>
/// <param name="Body">Its body; what is wrong, when the status is 0.</param>
/// <param name="Closes">Whether the other side said that it closes the connection, so that the next request takes another one.</param>
internal sealed record LoadAnswer(int Status, string Body, bool Closes = false);
