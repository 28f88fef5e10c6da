/**
 * Names that tools print for ports when they run without `-n`, from the IANA registry and the usual /etc/services. One compact line a name.
 * A name that is not here becomes an unknown port, never a guess.
 */
const NAMES =
  "tcpmux 1,echo 7,discard 9,systat 11,daytime 13,netstat 15,qotd 17,chargen 19,ftp-data 20,ftp 21,ssh 22,telnet 23,smtp 25,mail 25,time 37," +
  "whois 43,nicname 43,tacacs 49,domain 53,bootps 67,bootpc 68,tftp 69,gopher 70,finger 79,http 80,www 80,www-http 80,kerberos 88,kerberos-sec 88," +
  "iso-tsap 102,acr-nema 104,pop2 109,pop3 110,pop-3 110,sunrpc 111,portmapper 111,rpcbind 111,auth 113,ident 113,nntp 119,ntp 123,epmap 135," +
  "loc-srv 135,netbios-ns 137,netbios-dgm 138,netbios-ssn 139,imap2 143,imap 143,snmp 161,snmp-trap 162,snmptrap 162,xdmcp 177,bgp 179,irc 194," +
  "smux 199,ipx 213,imap3 220,ldap 389,svrloc 427,https 443,microsoft-ds 445,kpasswd 464,urd 465,smtps 465,ssmtp 465,submissions 465,saft 487," +
  "isakmp 500,biff 512,exec 512,login 513,who 513,shell 514,syslog 514,printer 515,talk 517,ntalk 518,route 520,router 520,gdomap 538,uucp 540," +
  "klogin 543,kshell 544,dhcpv6-client 546,dhcpv6-server 547,rtsp 554,afpovertcp 548,nntps 563,submission 587,ldaps 636,ipp 631,asf-rmcp 623," +
  "tinc 655,silc 706,kerberos-adm 749,rsync 873,domain-s 853,ftps-data 989,ftps 990,telnets 992,imaps 993,ircs 994,pop3s 995,socks 1080,proofd 1093," +
  "rootd 1094,openvpn 1194,rmiregistry 1099,lotusnote 1352,lotusnotes 1352,ms-sql-s 1433,ms-sql-m 1434,ingreslock 1524,oracle-tns 1521," +
  "datametrics 1645,radius 1812,radius-acct 1813,l2tp 1701,mqtt 1883,cisco-sccp 2000,nfs 2049,gnunet 2086,rtcm-sc104 2101,gsigatekeeper 2119," +
  "eklogin 2105,zookeeper 2181,efs 2200,gris 2135,docker 2375,docker-s 2376,etcd-client 2379,etcd-server 2380,venus 2430,cvspserver 2401,gpsd 2947," +
  "iscsi-target 3260,gds-db 3050,icpv2 3130,squid 3128,mysql 3306,ms-wbt-server 3389,nut 3493,distcc 3632,daap 3689,svn 3690,suucp 4031,sieve 4190," +
  "epmd 4369,remctl 4373,f5-iquery 4353,ntske 4460,ipsec-nat-t 4500,iax 4569,mtn 4691,radmin-port 4899,commplex-main 5000,rfe 5002,mmcc 5050,sip 5060," +
  "sip-tls 5061,aol 5190,xmpp-client 5222,xmpp-server 5269,cfengine 5308,mdns 5353,hostmon 5355,llmnr 5355,postgresql 5432,postgres 5432,freeciv 5556," +
  "amqps 5671,amqp 5672,pcanywheredata 5631,rplay 5555,rfb 5900,vnc-server 5900,wsman 5985,wsmans 5986,couchdb 5984,x11 6000,x11-1 6001,redis 6379," +
  "gnutella-svc 6346,gnutella-rtr 6347,sge-qmaster 6444,ircd 6667,ircs-u 6697,afs3-fileserver 7000,afs3-callback 7001,font-service 7100,bbs 7000," +
  "irdmi 8000,webcache 8080,http-alt 8080,http-proxy 8080,puppet 8140,https-alt 8443,pcsync-https 8443,ddi-tcp-1 8888,cslistener 9000,xmltec-xmlmail 9091," +
  "jetdirect 9100,hp-pdl-datastr 9100,pdl-datastream 9100,bacula-dir 9101,bacula-fd 9102,bacula-sd 9103,xmms2 9667,git 9418,wap-wsp 9200," +
  "zabbix-agent 10050,zabbix-trapper 10051,amanda 10080,ndmp 10000,snet-sensor-mgmt 10000,memcache 11211,memcached 11211,mongod 27017,webmin 10000," +
  "nbd 10809,db-lsp 17500,vnc 5900,tproxy 8081,us-cli 8082,us-srv 8083,d-s-n 8086,simplifymedia 8087,omniorb 8088,radan-http 8088,vcom-tunnel 8001," +
  "teradataordbms 8002,mcreport 8003,intermapper 8181,sun-as-jmxrmi 8686,websm 9090,xmlipcregsvc 9092,vrace 9300,commplex-link 5001,personal-agent 5555," +
  "cbt 7777,eforward 2181,munin 4949,lrrd 4949,nrpe 5666,nsca 5667,syslog-tls 6514,mysql-proxy 6446,hkp 11371,dict 2628,zebra 2601,ospfd 2604,bgpd 2605," +
  "kerberos5 88,krb5 88,kdc 750,kerberos4 750,jabber-client 5222,jabber-server 5269,subversion 3690,icp 3130,zope 9673,zope-ftp 8021,xfs 7100,spamd 783," +
  "afs3-prserver 7002,afs3-vlserver 7003,afs3-kaserver 7004,afs3-bos 7007,sane-port 6566,gds_db 3050,dcap 22125,ldp 646,whod 513,cmd 514,tap 113";

const PORTS: ReadonlyMap<string, number> = new Map(
  NAMES.split(",").map((entry): [string, number] => {
    const blank = entry.lastIndexOf(" ");
    return [entry.slice(0, blank), Number(entry.slice(blank + 1))];
  }),
);

/** The port of a service name as /etc/services spells it, or null when the name is not known. */
export function portOfService(name: string): number | null {
  return PORTS.get(name) ?? PORTS.get(name.toLowerCase()) ?? null;
}
