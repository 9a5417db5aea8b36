namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>A page of a list of event source mappings.</summary>
internal sealed record MappingPage(List<EventSourceMapping>? EventSourceMappings, string? NextMarker);
