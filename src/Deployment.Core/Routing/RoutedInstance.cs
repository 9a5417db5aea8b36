namespace Deployment.Routing;

/// <summary>One instance that answers requests.</summary>
/// <param name="Slot">Its slot, such as <c>1</c>: 1 to 63 letters, digits, '.' or '-'; each once in a revision.</param>
/// <param name="Host">The host's name or address, as the router reaches it.</param>
/// <param name="Port">The port, 1 to 65535.</param>
public sealed record RoutedInstance(string Slot, string Host, int Port);
