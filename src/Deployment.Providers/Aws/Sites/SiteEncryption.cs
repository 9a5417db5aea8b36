namespace Deployment.Providers.Aws.Sites;

/// <summary>How S3 encrypts what is stored.</summary>
public enum SiteEncryption
{
    /// <summary>As the bucket says.</summary>
    Bucket,

    /// <summary>With S3's own keys (<c>AES256</c>).</summary>
    Aes256,

    /// <summary>With a key of KMS (<c>aws:kms</c>).</summary>
    Kms,
}
