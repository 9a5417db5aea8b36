using System.Text;
using Deployment.Providers.Aws.Sites;

namespace Deployment.Providers.Aws.Tests.Sites;

public sealed class ListingPageTests
{
    [Test]
    public void Read_APage_HasItsObjectsAndWhereItGoesOn()
    {
        // With what else a page may have: docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html.
        ListingPage? page = Read("""
            <?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>a</Prefix><NextContinuationToken>t=1</NextContinuationToken><KeyCount>2</KeyCount><MaxKeys>2</MaxKeys><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>
            <Contents><Key>a%2B+b</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>"abc-2"</ETag><Size>434234</Size><StorageClass>STANDARD</StorageClass><Owner><ID>x</ID><DisplayName>y</DisplayName></Owner></Contents>
            <Contents><ETag>&quot;def&quot;</ETag><Key>a</Key><Size>0</Size></Contents></ListBucketResult>
            """);

        page!.Next.Should().Be("t=1");
        page.Objects.Should().Equal(KeyValuePair.Create("a+ b", new ListedObject("abc-2", 434234)), KeyValuePair.Create("a", new ListedObject("def", 0)));
    }

    [TestCase("")]
    [TestCase("<html/>")]
    [TestCase("<ListBucketResult><Contents><Key>a</Key>")]
    [TestCase("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>")]
    [TestCase("<ListBucketResult><Contents><Key>a</Key><Size>many</Size></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><Contents><Key>a</Key><Size>99999999999999999999</Size></Contents></ListBucketResult>")]
    [TestCase("<!DOCTYPE x [<!ENTITY e \"eeeeeeeeee\">]><ListBucketResult><Contents><Key>&e;</Key></Contents></ListBucketResult>")]
    public void Read_AnythingElse_IsLeftToTheSdk(string xml) => Read(xml).Should().BeNull();

    private static ListingPage? Read(string xml) => ListingPage.Read(Encoding.UTF8.GetBytes(xml));
}
