using System.Xml.Linq;

namespace Deployment.Providers.Aws.CloudFront;

/// <summary>A distribution. Its configuration is kept whole, as CloudFront gave it: what is sent back replaces all of it.</summary>
internal sealed class Distribution
{
    private readonly XElement _configuration;

    /// <summary>Creates it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="etag">The version of the configuration.</param>
    /// <param name="isDeployed">Whether all edges have this configuration.</param>
    /// <param name="configuration">The element <c>DistributionConfig</c>.</param>
    public Distribution(string id, string etag, bool isDeployed, XElement configuration)
    {
        Id = id;
        ETag = etag;
        IsDeployed = isDeployed;
        _configuration = new XElement(configuration);
        Origins = [.. OriginElements().Select(origin => new DistributionOrigin(Text(origin, "Id"), Text(origin, "DomainName"), Text(origin, "OriginPath")))];
    }

    public string Id { get; }

    public string ETag { get; }

    public bool IsDeployed { get; }

    public IReadOnlyList<DistributionOrigin> Origins { get; }

    /// <summary>What is answered for a path that ends with '/' at the root, such as <c>index.html</c>; empty where nothing is.</summary>
    public string DefaultRootObject => Text(_configuration, "DefaultRootObject");

    /// <summary>The element <c>DistributionConfig</c>, a copy.</summary>
    public XElement Configuration => new(_configuration);

    /// <summary>The same with another path of one origin.</summary>
    public Distribution WithOriginPath(string originId, string path)
    {
        var changed = new Distribution(Id, ETag, isDeployed: false, _configuration);
        XElement origin = changed.OriginElements().Single(found => Text(found, "Id") == originId);
        XName name = origin.Name.Namespace + "OriginPath";
        // Where it stands matters: CloudFront reads a sequence. Every configuration that it gives has the element.
        XElement element = origin.Element(name) ?? throw new DeploymentException($"The origin {originId} of the distribution {Id} has no OriginPath, which every one has.");
        element.Value = path;
        return new Distribution(Id, ETag, isDeployed: false, changed._configuration);
    }

    private IEnumerable<XElement> OriginElements()
    {
        XNamespace space = _configuration.Name.Namespace;
        return _configuration.Element(space + "Origins")?.Element(space + "Items")?.Elements(space + "Origin") ?? [];
    }

    private static string Text(XElement parent, string name) => parent.Element(parent.Name.Namespace + name)?.Value ?? "";
}
